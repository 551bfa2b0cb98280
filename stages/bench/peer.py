"""The job of the benchmark in DuckDB: python peer.py json|csv THREADS DATA OUT.

Prints one JSON object: seconds until the posts are written, and in all. The
posts are those that normalize keeps: one row a post at its latest observation,
in the order of country, account and time, in Parquet with snappy.
"""

import json
import sys
import time

import duckdb

job, threads, data, out = sys.argv[1:]
db = duckdb.connect(":memory:")
db.execute(f"SET threads={threads}")
db.execute(f"SET temp_directory='{out}/tmp'")
db.execute("SET preserve_insertion_order=false")
db.execute("SET TimeZone='UTC'")
start = time.perf_counter()
db.execute(f"CREATE TABLE accounts AS SELECT * FROM read_csv('{data}/accounts.csv', header=true, all_varchar=true)")

if job == "json":
    db.execute(f"""
    CREATE TABLE raw AS
    SELECT 'x' AS platform, r.id AS post_id, r.author_id AS account_id, r.author.username AS handle,
      r.author.public_metrics.followers_count AS followers, CAST(r.created_at AS TIMESTAMP) AS created_at,
      CAST(replace(r.__twarc.retrieved_at, '+00:00', '') AS TIMESTAMP) AS observed_at, r.text, r.lang,
      CASE r.referenced_tweets[1].type WHEN 'retweeted' THEN 'repost' WHEN 'replied_to' THEN 'reply' WHEN 'quoted' THEN 'quote' ELSE 'original' END AS post_type,
      r.referenced_tweets[1].id AS refers_to, 'https://x.com/' || r.author.username || '/status/' || r.id AS url,
      r.public_metrics.like_count AS likes, r.public_metrics.reply_count AS comments, r.public_metrics.retweet_count AS shares,
      r.public_metrics.quote_count AS quotes, r.public_metrics.impression_count AS views, r.public_metrics.bookmark_count AS saves,
      CASE WHEN len(r.attachments.media) > 1 THEN 'album' ELSE r.attachments.media[1].type END AS media_type
    FROM read_json('{data}/posts.jsonl', format='newline_delimited', maximum_object_size=67108864, columns={{
      id: 'VARCHAR', author_id: 'VARCHAR', author: 'STRUCT(username VARCHAR, public_metrics STRUCT(followers_count BIGINT))', created_at: 'VARCHAR',
      __twarc: 'STRUCT(retrieved_at VARCHAR)', text: 'VARCHAR', lang: 'VARCHAR', referenced_tweets: 'STRUCT(type VARCHAR, id VARCHAR)[]',
      public_metrics: 'STRUCT(like_count BIGINT, reply_count BIGINT, retweet_count BIGINT, quote_count BIGINT, impression_count BIGINT, bookmark_count BIGINT)',
      attachments: 'STRUCT(media STRUCT(type VARCHAR)[])'}}) r""")
else:
    db.execute(f"""
    CREATE TABLE raw AS
    SELECT 'facebook' AS platform, regexp_extract("URL", '([0-9]+)$') AS post_id, "Facebook Id" AS account_id, "User Name" AS handle, CAST("Followers at Posting" AS BIGINT) AS followers,
      CAST(replace(replace("Post Created", ' EST', ''), ' EDT', '') AS TIMESTAMP) AS created_at, TIMESTAMP '2025-01-15' AS observed_at, "Message" AS text, "Type" AS media_type, "URL" AS url,
      CAST("Likes" AS BIGINT) + CAST("Love" AS BIGINT) + CAST("Wow" AS BIGINT) + CAST("Haha" AS BIGINT) + CAST("Sad" AS BIGINT) + CAST("Angry" AS BIGINT) + CAST("Care" AS BIGINT) AS likes,
      CAST("Comments" AS BIGINT) AS comments, CAST("Shares" AS BIGINT) AS shares, CAST("Post Views" AS BIGINT) AS views
    FROM read_csv('{data}/crowdtangle.csv', header=true, all_varchar=true, quote='"', escape='"', delim=',')""")

db.execute("""CREATE TABLE posts AS SELECT a.country, d.* FROM (SELECT * FROM raw
    QUALIFY row_number() OVER (PARTITION BY platform, post_id ORDER BY observed_at DESC) = 1) d LEFT JOIN accounts a USING (account_id)""")
db.execute("DROP TABLE raw")
db.execute(f"COPY (SELECT * FROM posts ORDER BY country, account_id, created_at) TO '{out}/posts.parquet' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)")
posts = time.perf_counter() - start

if job == "json":
    db.execute(f"CREATE TABLE followers AS SELECT account_id, snapshot_at, followers FROM read_csv('{data}/followers.csv', header=true, columns={{account_id: 'VARCHAR', snapshot_at: 'TIMESTAMP', followers: 'BIGINT'}})")
    db.execute("""CREATE TABLE rates AS SELECT p.country, p.account_id, p.created_at, p.likes, (p.likes + p.comments + p.shares + p.quotes)::DOUBLE / nullif(f.followers, 0) AS rate
        FROM posts p ASOF LEFT JOIN followers f ON p.account_id = f.account_id AND p.created_at >= f.snapshot_at""")
    for name, by in (("month", "date_trunc('month', created_at)"), ("hour", "(isodow(created_at) - 1) * 24 + hour(created_at)"), ("window", "country")):
        db.execute(f"""COPY (SELECT country, account_id, {by} AS period, count(*) AS posts, avg(likes) AS mean_likes, median(likes) AS median_likes, avg(rate) AS mean_rate, median(rate) AS median_rate
            FROM rates GROUP BY ALL ORDER BY ALL) TO '{out}/{name}.parquet' (FORMAT parquet, COMPRESSION snappy)""")

rows = db.execute("SELECT count(*) FROM posts").fetchone()[0]
print(json.dumps({"posts": posts, "all": time.perf_counter() - start, "rows": rows}))
