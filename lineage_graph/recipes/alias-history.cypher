// title: Alias history
// question: Which version was behind an alias or a stage, and when?
// parameter: model = "" - the model's name
// parameter: alias = "" - the alias, or the stage
// MLflow keeps no times of its pointers: seen_from and seen_until are the crawls that first and last found it so.
// Without seen_until it stands there now. Stages are pointers too.
MATCH (target:LineageNode&ModelVersion)-[points:ALIASED_AS]->(pointer:LineageNode&Alias)
WHERE points.evidence <> 'possible' AND ($model = '' OR pointer.model = $model)
  AND ($alias = '' OR pointer.alias = $alias)
RETURN pointer.model AS model, pointer.alias AS alias, target.version AS version,
  points.valid_from AS seen_from, points.valid_to AS seen_until
ORDER BY model, alias, pointer.id, seen_from, version
