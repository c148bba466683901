// title: Live on data not read since a date
// question: What is live on data that nothing has read since then?
// parameter: since = "9999-12-31" - only data last read before this date, or at no known time
// last_read is the last time that any version of the data was read, to train, to score or to judge.
// Data that only a declaration says to be read was read at no known time: it is always listed.
MATCH (origin:LineageNode&Source)
OPTIONAL MATCH (origin)-[has:HAS_VERSION]->(:Dataset)-[read:READ_BY|EVALUATED_IN]->(:Run|Evaluation)
WHERE has.evidence <> 'possible' AND read.evidence <> 'possible'
WITH origin, max(read.valid_from) AS last_read
WHERE last_read IS NULL OR last_read < datetime($since)
MATCH path = (origin)-[:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS*1..]->(target:!Source)
WHERE all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL
    AND coalesce(r.role, '') <> 'inference')
WITH DISTINCT origin, last_read, target
WHERE target.state = 'live' AND (target:Alias OR target:Deployment OR target:Consumer)
RETURN CASE WHEN target:Deployment THEN 'deployment' WHEN target:Consumer THEN 'consumer' ELSE 'pointer' END AS kind,
  target.name AS live, target.owner AS owner, origin.uri AS source, last_read
ORDER BY kind, live, target.id, source, origin.id
