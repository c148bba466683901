// title: Evaluation data that is also training data
// question: Which evaluations used data that something was trained on?
// parameter: evaluation = "" - part of the evaluation's name
// parameter: source = "" - part of the source's URI
// The very same version of the data, read to judge a model and to train one, or for a purpose that nobody recorded.
// same_model: it trained the model that was judged on it, so the score says little.
MATCH (run:Run)<-[read:READ_BY]-(dataset:LineageNode&Dataset)-[used:EVALUATED_IN]->(judgement:Evaluation)
WHERE coalesce(read.role, '') <> 'inference' AND read.evidence <> 'possible' AND used.evidence <> 'possible'
  AND ($evaluation = '' OR judgement.name CONTAINS $evaluation) AND ($source = '' OR dataset.source CONTAINS $source)
OPTIONAL MATCH (run)-[made:PRODUCED]->(:Model)-[judged:EVALUATED_IN]->(judgement)
WHERE made.evidence <> 'possible' AND judged.evidence <> 'possible'
WITH run, read, dataset, judgement, count(made) AS both
RETURN judgement.name AS evaluation, dataset.name AS name, dataset.digest AS digest, dataset.source AS source,
  run.name AS trained, read.role AS role, both > 0 AS same_model
ORDER BY evaluation, judgement.id, name, digest, dataset.id, trained, run.id
