// What is live: pointers, and what serves them
MATCH p = (v:ModelVersion)-[now:ALIASED_AS WHERE now.valid_to IS NULL]->(a:Alias)
OPTIONAL MATCH served = (a)-[:SERVED_BY|LOADED_BY]->()
RETURN p, served
LIMIT 200
