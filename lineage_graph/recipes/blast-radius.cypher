// title: Blast radius
// question: Which source would hit most of what is live if it were wrong?
// parameter: source = "" - part of the source's URI
// parameter: owner = "" - sources of this owner only
// All sources, also those that reach nothing live. live is the sum: a pointer and the deployment that it serves are two.
MATCH (origin:LineageNode&Source)
WHERE ($source = '' OR origin.uri CONTAINS $source) AND ($owner = '' OR origin.owner = $owner)
OPTIONAL MATCH path = (origin)-[:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS*1..]->(target:!Source)
WHERE all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL
    AND coalesce(r.role, '') <> 'inference')
WITH DISTINCT origin, target
WITH origin, count(CASE WHEN target.state = 'live' AND target:Deployment THEN 1 END) AS deployments,
  count(CASE WHEN target.state = 'live' AND target:Consumer THEN 1 END) AS consumers,
  count(CASE WHEN target.state = 'live' AND target:Alias THEN 1 END) AS pointers
RETURN origin.uri AS source, origin.owner AS owner, deployments, consumers, pointers,
  deployments + consumers + pointers AS live
ORDER BY live DESC, deployments DESC, source, origin.id
