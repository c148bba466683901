// What there is: nodes by kind
MATCH (n:LineageNode)
UNWIND [label IN labels(n) WHERE label <> 'LineageNode'] AS kind
RETURN kind, count(*) AS nodes
ORDER BY nodes DESC
