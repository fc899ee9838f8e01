# After each start of the bundled PostgreSQL: a role and a database for each service that keeps a truth, with the passwords of the Secret.
# So a new password is taken over, and a volume that outlived its release is of use to the next one. No role may connect to another's database.
set -euo pipefail
# By TCP it does not listen yet while the data directory is being made.
until pg_isready -q -h 127.0.0.1 -U postgres; do sleep 0.2; done
export PGHOST=/var/run/postgresql PGUSER=postgres PGDATABASE=postgres
psql -qX -v ON_ERROR_STOP=1 <<'SQL'
\getenv password POSTGRES_PASSWORD
ALTER ROLE postgres PASSWORD :'password';
SQL
for service in $SERVICES; do
  psql -qX -v ON_ERROR_STOP=1 -v name="$service" <<SQL
\getenv password ${service^^}_PASSWORD
SELECT format('CREATE ROLE %I LOGIN', :'name') WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name') WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
