// title: One digest, different sources
// question: Which data lies at several places?
// parameter: digest = "" - this digest only
MATCH (dataset:LineageNode&Dataset)
WHERE dataset.source IS NOT NULL AND dataset.digest <> '' AND coalesce(dataset.digest_rows, 2) > 1
  AND ($digest = '' OR dataset.digest = $digest)
WITH dataset.digest AS digest, dataset.rows AS rows, collect(DISTINCT dataset.source) AS sources
WHERE size(sources) > 1
UNWIND sources AS source
RETURN digest, rows, source
ORDER BY digest, rows, source
