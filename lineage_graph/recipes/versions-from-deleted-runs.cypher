// title: Versions from deleted runs
// question: Which registered versions, and which pointers, stand on a run that was deleted?
// parameter: model = "" - the model's name
// Such a version still has its data here; what only the run knew goes with it when MLflow's own garbage is collected.
MATCH path = (run:LineageNode&Run)-[:PRODUCED|REGISTERED_AS|COPIED_TO*1..]->(registered:!Run)
WHERE run.state = 'deleted'
  AND all(r IN relationships(path) WHERE r.evidence <> 'possible' AND r.valid_to IS NULL)
WITH DISTINCT run, registered
WHERE registered:ModelVersion AND registered.state = 'live' AND ($model = '' OR registered.model = $model)
OPTIONAL MATCH (registered)-[points:ALIASED_AS]->(target:Alias)
WHERE points.evidence <> 'possible' AND points.valid_to IS NULL AND target.state = 'live'
RETURN registered.name AS version, registered.owner AS owner, target.name AS pointer,
  run.name AS deleted_run, run.id AS id
ORDER BY version, registered.id, pointer, id
