// title: Models without an owner
// question: Which registered models does nobody own, and what points at them?
// parameter: model = "" - part of the model's name
// Owners are said in lineage.yaml. versions and pointers are those of now.
MATCH (registered:LineageNode&RegisteredModel)
WHERE registered.state = 'live' AND coalesce(registered.owner, '') = ''
  AND ($model = '' OR registered.model CONTAINS $model)
OPTIONAL MATCH (version:ModelVersion)-[part:VERSION_OF]->(registered)
WHERE part.evidence <> 'possible' AND version.state = 'live'
OPTIONAL MATCH (version)-[points:ALIASED_AS]->(pointer:Alias)
WHERE points.evidence <> 'possible' AND points.valid_to IS NULL AND pointer.state = 'live'
WITH registered, count(DISTINCT version) AS versions, count(DISTINCT pointer) AS pointers
RETURN registered.model AS model, versions, pointers, registered.id AS id
ORDER BY pointers DESC, versions DESC, model, id
