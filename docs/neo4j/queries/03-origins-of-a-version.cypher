// Where a version's data came from (name the model and version below)
MATCH (v:ModelVersion {model: 'churn', version: 1})
MATCH (v)<-[r:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED|REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS
  WHERE r.valid_to IS NULL AND r.evidence <> 'possible']-*(n:LineageNode)
WITH DISTINCT n
WITH collect(n) AS found
UNWIND found AS n
MATCH p = (n)-[r:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED|REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS
  WHERE r.valid_to IS NULL AND r.evidence <> 'possible']->(m:LineageNode)
WHERE m IN found
RETURN p
LIMIT 1000
