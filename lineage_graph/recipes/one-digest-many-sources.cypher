// title: One digest, different sources
// question: Which data lies at several places?
// parameter: digest = "" - this digest only
// The same digest and row count at different places: copies, or one file by several names. MLflow's digests are short and
// may cover the first 10,000 rows only: a hint, no proof.
MATCH (dataset:LineageNode&Dataset)
WHERE dataset.source IS NOT NULL AND dataset.digest <> '' AND coalesce(dataset.digest_rows, 2) > 1
  AND ($digest = '' OR dataset.digest = $digest)
WITH dataset.digest AS digest, dataset.rows AS rows, collect(DISTINCT dataset.source) AS sources
WHERE size(sources) > 1
UNWIND sources AS source
RETURN digest, rows, source
ORDER BY digest, rows, source
