// title: Code-only origins by team
// question: Whose models were trained on data that no record says where to find?
// parameter: team = "" - an owner, or an experiment that nobody owns
// Such data was an array or a frame in a program; its location is in no record. A team is who owns the run or its experiment,
// else the experiment's name.
MATCH (dataset:LineageNode&Dataset)-[read:READ_BY]->(run:Run)
WHERE 'code-only-source' IN dataset.gaps AND read.evidence <> 'possible' AND coalesce(read.role, '') <> 'inference'
OPTIONAL MATCH (run)-[within:IN_EXPERIMENT]->(experiment:Experiment)
WHERE within.evidence <> 'possible'
OPTIONAL MATCH (run)-[made:PRODUCED]->(model:Model)
WHERE made.evidence <> 'possible' AND model.state <> 'deleted'
WITH coalesce(run.owner, experiment.owner, experiment.name, '') AS team, dataset, run, model
WHERE $team = '' OR team = $team
WITH team, count(DISTINCT dataset) AS origins, count(DISTINCT run) AS runs, count(DISTINCT model) AS models
RETURN team, origins, runs, models
ORDER BY models DESC, runs DESC, team
