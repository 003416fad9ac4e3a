-- name: hold
-- Waits until nobody else changes who the operators are.
select pg_advisory_xact_lock(29796, 2);

-- name: of_person
-- Finds the role a person has now.
select operator.id, operator.person, operator.tenant, operator.role, operator.name, operator.given_by,
       operator.given_at, tenant.name as tenant_name
from ops.operator left join tenant on tenant.id = operator.tenant
where operator.person = $1 and operator.ended_at is null;

-- name: find
-- Finds an operator by their ID, one that ended too.
select operator.id, operator.person, operator.tenant, operator.role, operator.name, operator.given_by,
       operator.given_at, operator.ended_by, operator.ended_at, tenant.name as tenant_name
from ops.operator left join tenant on tenant.id = operator.tenant
where operator.id = $1;

-- name: list
-- Lists the operators, the ended behind the others.
select operator.id, operator.person, operator.tenant, operator.role, operator.name, operator.given_by,
       operator.given_at, operator.ended_by, operator.ended_at, tenant.name as tenant_name,
       (select max(session.seen_at) from people.session where session.person = operator.person) as seen_at
from ops.operator left join tenant on tenant.id = operator.tenant
order by operator.ended_at is not null, operator.ended_at desc, operator.given_at, operator.id
limit $1;

-- name: insert
-- Gives a person a role.
insert into ops.operator (id, person, tenant, role, name, given_by, given_at) values ($1, $2, $3, $4, $5, $6, $7);

-- name: end
-- Ends a role.
update ops.operator set ended_by = $2, ended_at = $3 where id = $1 and ended_at is null;

-- name: owners
-- Counts who owns the whole house.
select count(*) from ops.operator where role = 'owner' and tenant is null and ended_at is null;

-- name: tenant
-- Finds a tenant by its name or its ID.
select id, name from tenant where name = $1 or id = $1 order by id = $1 desc limit 1;

-- name: tenants
-- Lists the tenants by name.
select id, name, kind from tenant order by name limit 1000;
