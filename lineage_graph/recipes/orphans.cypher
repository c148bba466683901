// title: Orphans
// question: What hangs on nothing: no data, no model, no pointer, nothing before it and nothing after?
// parameter: kind = "" - of this kind only, such as Run
// No open relationship but to an experiment, a registered model or a job. A hint of one counts as one; what was deleted is
// left out. A run that only judged a model hangs on what its evaluation hangs on.
OPTIONAL MATCH (judgement:LineageNode&Evaluation)
WITH collect(DISTINCT judgement.run_id) AS judging
MATCH (n:LineageNode&!(Experiment|RegisteredModel|Job))
WHERE NOT EXISTS {
  MATCH (n)-[r:HAS_VERSION|READ_BY|WROTE|CONTINUES_AS|HAS_COLUMN|PART_OF|USED_BY|PRODUCED|ATTEMPTED|CHILD_OF
    |REGISTERED_AS|COPIED_TO|ALIASED_AS|SERVED_BY|LOADED_BY|FEEDS|EVALUATED_IN]-()
  WHERE r.valid_to IS NULL AND r.evidence IS NOT NULL
}
WITH n, judging, CASE WHEN n:Source THEN 'Source' WHEN n:Dataset THEN 'Dataset' WHEN n:Feature THEN 'Feature'
  WHEN n:FeatureSet THEN 'FeatureSet' WHEN n:Run THEN 'Run' WHEN n:Evaluation THEN 'Evaluation'
  WHEN n:Model THEN 'Model' WHEN n:ModelVersion THEN 'ModelVersion' WHEN n:Alias THEN 'Alias'
  WHEN n:Deployment THEN 'Deployment' ELSE 'Consumer' END AS kind
// What a run that only judged hangs on is told by its evaluation.
WHERE n.state <> 'deleted' AND ($kind = '' OR kind = $kind) AND NOT (kind = 'Run' AND coalesce(n.run_id, '') IN judging)
RETURN kind, n.name AS name, n.state AS state, n.owner AS owner, n.id AS id
ORDER BY kind, name, id
