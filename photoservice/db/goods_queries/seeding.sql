-- name: is_empty
-- Says whether nobody has used this service: no tenant, store, station, person, claim, image or order.
select not exists (select from tenant) and not exists (select from store) and not exists (select from station)
   and not exists (select from claim) and not exists (select from people.person)
   and not exists (select from images.image) and not exists (select from goods.customer_order);

-- name: images
-- Lists the images that stand on a roll, in the film's order.
select id from images.image where roll = $1 and state = 'standing' order by frame_order, id;
