// title: Origins of what is live
// question: Which data does everything live come from?
// parameter: live = "" - part of the name of what is live
// parameter: source = "" - part of the source's URI
// One row for each live end and each source that it comes from, over however many steps.
// What is live and has no row has no recorded origin: lineage-graph upstream says why.
MATCH path = (origin:LineageNode&Source)-[:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS*1..]->(target:!Source)
WHERE ($source = '' OR origin.uri CONTAINS $source)
  AND all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL
    AND coalesce(r.role, '') <> 'inference')
WITH DISTINCT origin, target
WHERE target.state = 'live' AND (target:Alias OR target:Deployment OR target:Consumer)
  AND ($live = '' OR target.name CONTAINS $live)
RETURN CASE WHEN target:Deployment THEN 'deployment' WHEN target:Consumer THEN 'consumer' ELSE 'pointer' END AS kind,
  target.name AS live, target.owner AS owner, origin.uri AS source, origin.owner AS source_owner
ORDER BY kind, live, target.id, source, origin.id
