// title: Readers of a table between two dates
// question: Which runs read this data in that time, and what for?
// parameter: source = "" - part of the source's URI
// parameter: since = "0001-01-01" - not before this date or time
// parameter: until = "9999-12-31" - before this date or time
// A run that judged a model is here as its evaluation. Readers that were deleted since are here, as such.
// since is within, until is not; a read at no known time is never within.
MATCH (origin:LineageNode&Source)-[has:HAS_VERSION]->(dataset:Dataset)-[read:READ_BY|EVALUATED_IN]->(reader:Run|Evaluation)
WHERE ($source = '' OR origin.uri CONTAINS $source)
  AND read.valid_from >= datetime($since) AND read.valid_from < datetime($until)
  AND has.evidence <> 'possible' AND read.evidence <> 'possible'
RETURN DISTINCT origin.uri AS source, read.valid_from AS began, reader.name AS run, reader.run_id AS run_id,
  read.role AS role, dataset.digest AS digest, reader.ran_by AS ran_by, reader.state AS state
ORDER BY source, began, run, run_id, role, digest
