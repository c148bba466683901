// title: Impact of a column
// question: Which versions, pointers, deployments and consumers depend on this column?
// parameter: source = "" - part of the source's URI
// parameter: column = "" - the column's name
// A column reaches a model through the signature that names it; what the model became is hit, live or only registered.
// A column that no signature names is not in here: its use is unknown, not none.
MATCH path = (feature:LineageNode&Feature)-[:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS*1..]->(target:!Feature)
WHERE ($source = '' OR feature.source CONTAINS $source) AND ($column = '' OR feature.column = $column)
  AND all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL
    AND coalesce(r.role, '') <> 'inference')
WITH DISTINCT feature, target
WHERE target.state = 'live' AND (target:ModelVersion OR target:Alias OR target:Deployment OR target:Consumer)
RETURN feature.source AS source, feature.name AS name,
  CASE WHEN target:Deployment THEN 'deployment' WHEN target:Consumer THEN 'consumer'
    WHEN target:Alias THEN 'pointer' ELSE 'version' END AS kind,
  target.name AS hit, target.owner AS owner
ORDER BY source, name, kind, hit, target.id
