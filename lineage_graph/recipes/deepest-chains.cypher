// title: Deepest chains
// question: How many steps lie between a source and what is live, the longest ways first?
// parameter: least = 1 - only chains of so many steps or more
// steps counts the relationships of the shortest way from the source to the live end.
MATCH path = (origin:LineageNode&Source)-[:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS*1..]->(target:!Source)
WHERE all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL
    AND coalesce(r.role, '') <> 'inference')
WITH origin, target, min(length(path)) AS steps
WHERE steps >= $least AND target.state = 'live' AND (target:Alias OR target:Deployment OR target:Consumer)
RETURN steps, origin.uri AS source, CASE WHEN target:Deployment THEN 'deployment' WHEN target:Consumer THEN 'consumer' ELSE 'pointer' END AS kind, target.name AS live
ORDER BY steps DESC, source, origin.id, kind, live, target.id
