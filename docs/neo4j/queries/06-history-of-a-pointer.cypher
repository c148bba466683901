// Which version was behind a pointer, and when
MATCH (v:ModelVersion)-[r:ALIASED_AS]->(a:Alias)
RETURN a.model AS model, a.alias AS pointer, v.version AS version, r.valid_from AS since, r.valid_to AS until
ORDER BY model, pointer, since
LIMIT 500
