// title: Most reused sources
// question: Which data do most runs and models share?
// parameter: least = 1 - only sources with so many runs or more
// versions are those that were read, models those that the runs made of it: data that was only scored makes none.
// Deleted runs count, deleted models do not.
MATCH (origin:LineageNode&Source)-[has:HAS_VERSION]->(dataset:Dataset)-[read:READ_BY]->(run:Run)
WHERE has.evidence <> 'possible' AND read.evidence <> 'possible'
OPTIONAL MATCH (run)-[made:PRODUCED]->(model:Model)
WHERE made.evidence <> 'possible' AND model.state <> 'deleted' AND coalesce(read.role, '') <> 'inference'
OPTIONAL MATCH (run)-[within:IN_EXPERIMENT]->(experiment:Experiment)
WHERE within.evidence <> 'possible'
WITH origin, count(DISTINCT dataset) AS versions, count(DISTINCT run) AS runs,
  count(DISTINCT experiment) AS experiments, count(DISTINCT model) AS models
WHERE runs >= $least
RETURN origin.uri AS source, versions, runs, experiments, models
ORDER BY runs DESC, models DESC, source, origin.id
