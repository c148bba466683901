// title: Promotion chains
// question: Which version was copied where, and what points at the copies?
// parameter: model = "" - the name of the model that was copied first
// From the version that is no copy itself to each copy, and copies of copies; one row for each pointer at a copy.
MATCH path = (original:LineageNode&ModelVersion)-[:COPIED_TO*1..]->(copied)
WHERE all(r IN relationships(path) WHERE r.evidence <> 'possible') AND ($model = '' OR original.model = $model)
  AND NOT EXISTS { MATCH (:ModelVersion)-[before:COPIED_TO]->(original) WHERE before.evidence <> 'possible' }
WITH original, copied, min(length(path)) AS copies
OPTIONAL MATCH (copied)-[points:ALIASED_AS]->(target:Alias)
WHERE points.evidence <> 'possible' AND points.valid_to IS NULL AND target.state = 'live'
RETURN original.name AS original_version, copies, copied.name AS copy, copied.state AS state, target.name AS pointer
ORDER BY original_version, original.id, copies, copy, copied.id, pointer
