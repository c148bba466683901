// Sources by how many live pointers they reach
MATCH (s:Source)
MATCH (s)-[r:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED|REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS
  WHERE r.valid_to IS NULL AND r.evidence <> 'possible']->+(a:Alias)
WITH DISTINCT s, a
RETURN s.uri AS source, count(a) AS pointers, collect(a.model + '@' + a.alias)[..10] AS some
ORDER BY pointers DESC, source
LIMIT 50
