// clerk.mjs PORT seed | set SKU=QUANTITY@LOCATION... | order SKU QUANTITY
// Fills the shop, changes its stock as a warehouse does, and buys as a customer does. Prints one JSON value.
const [port, task, ...args] = process.argv.slice(2);
let headers = { 'content-type': 'application/json' };

async function call(method, path, body) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} ${answer.status} ${text.slice(0, 400)}`);
  return JSON.parse(text);
}
const get = (path) => call('GET', path);
const post = (path, body) => call('POST', path, body);
const { token } = await post('/auth/user/emailpass', { email: 'admin@shop.test', password: 'admin-pass-1' });
headers = { ...headers, authorization: `Bearer ${token}` };

async function seed() {
  const web = (await get('/admin/sales-channels')).sales_channels[0];
  const shelf = async (name, channels) => {
    const { stock_location: location } = await post('/admin/stock-locations', { name });
    if (channels.length) await post(`/admin/stock-locations/${location.id}/sales-channels`, { add: channels });
    return location.id;
  };
  const berlin = await shelf('Berlin', [web.id]);
  const haifa = await shelf('Haifa', [web.id]);
  const attic = await shelf('Attic', []);
  const { api_key: key } = await post('/admin/api-keys', { title: 'web', type: 'publishable' });
  await post(`/admin/api-keys/${key.id}/sales-channels`, { add: [web.id] });
  const { region } = await post('/admin/regions', { name: 'EU', currency_code: 'eur', countries: ['de'], payment_providers: ['pp_system_default'] });
  const profiles = (await get('/admin/shipping-profiles')).shipping_profiles;
  const profile = profiles[0] ?? (await post('/admin/shipping-profiles', { name: 'standard', type: 'default' })).shipping_profile;
  await post(`/admin/stock-locations/${berlin}/fulfillment-providers`, { add: ['manual_manual'] });
  const { stock_location: set } = await post(`/admin/stock-locations/${berlin}/fulfillment-sets?fields=*fulfillment_sets`, { name: 'Berlin', type: 'shipping' });
  const { fulfillment_set: zones } = await post(`/admin/fulfillment-sets/${set.fulfillment_sets[0].id}/service-zones`, { name: 'EU', geo_zones: [{ type: 'country', country_code: 'de' }] });
  await post('/admin/shipping-options', {
    name: 'Parcel', service_zone_id: zones.service_zones[0].id, shipping_profile_id: profile.id, provider_id: 'manual_manual', price_type: 'flat',
    type: { label: 'Parcel', description: 'Parcel', code: 'parcel' }, prices: [{ currency_code: 'eur', amount: 5 }],
    rules: [{ attribute: 'enabled_in_store', operator: 'eq', value: 'true' }, { attribute: 'is_return', operator: 'eq', value: 'false' }] });

  const item = async (sku) => (await get(`/admin/inventory-items?sku=${sku}`)).inventory_items[0].id;
  const lamp = async (sku, levels, { items, status = 'published', ...own } = {}) => {
    const variant = { title: sku, sku, manage_inventory: true, options: { Size: sku }, prices: [{ currency_code: 'eur', amount: 9.9 }], ...own, ...(items && { inventory_items: items }) };
    await post('/admin/products', { title: `Lamp ${sku}`, handle: sku.toLowerCase(), status, shipping_profile_id: profile.id, options: [{ title: 'Size', values: [sku] }], sales_channels: [{ id: web.id }], variants: [variant] });
    for (const [location, quantity] of levels) {
      await post(`/admin/inventory-items/${await item(sku)}/location-levels`, { location_id: location, stocked_quantity: quantity });
    }
  };
  for (let n = 1; n <= 12; n += 1) await lamp(`LAMP-${String(n).padStart(2, '0')}`, [[berlin, n % 5]]);
  await lamp('TWO-PLACES', [[berlin, 2], [haifa, 3]]);
  await lamp('ONLY-ATTIC', [[attic, 7]]);
  await lamp('NO-LEVEL', []);
  await lamp('BACKORDER', [[berlin, 0]], { allow_backorder: true });
  await lamp('UNTRACKED', [], { manage_inventory: false });
  await lamp('DRAFT', [[berlin, 3]], { status: 'draft' });
  await lamp('SHADE', [[berlin, 5], [haifa, 2]]);
  await lamp('BULB', [[berlin, 9]]);
  await lamp('KIT', [], { items: [{ inventory_item_id: await item('SHADE'), required_quantity: 1 }, { inventory_item_id: await item('BULB'), required_quantity: 2 }] });
  await lamp('PAIR', [], { items: [{ inventory_item_id: await item('SHADE'), required_quantity: 2 }] });
  const { variants } = await get('/admin/product-variants?fields=sku&limit=100');
  return { skus: variants.map(({ sku }) => sku), publishable: key.token, region: region.id, channel: web.name };
}

async function set(changes) {
  const { stock_locations: places } = await get('/admin/stock-locations');
  for (const change of changes) {
    const [, sku, quantity, place] = change.match(/^(.+)=(-?\d+)@(.+)$/);
    const { inventory_items: [item] } = await get(`/admin/inventory-items?sku=${sku}`);
    const { id } = places.find(({ name }) => name === place);
    await post(`/admin/inventory-items/${item.id}/location-levels/${id}`, { stocked_quantity: Number(quantity) });
  }
}

// A guest buys through the Store API: the order reserves what it needs.
async function order(sku, quantity) {
  const { variants: [variant] } = await get(`/admin/product-variants?sku=${sku}&fields=id`);
  const { api_keys: [key] } = await get('/admin/api-keys?type=publishable');
  const { regions: [region] } = await get('/admin/regions');
  headers = { 'content-type': 'application/json', 'x-publishable-api-key': key.token };
  const address = { first_name: 'Miriam', last_name: 'Levi', address_1: 'Herzlstr. 1', city: 'Berlin', postal_code: '10115', country_code: 'de' };
  const { cart } = await post('/store/carts', { region_id: region.id, email: 'miriam@home.test', shipping_address: address, billing_address: address });
  await post(`/store/carts/${cart.id}/line-items`, { variant_id: variant.id, quantity: Number(quantity) });
  const { shipping_options: [option] } = await get(`/store/shipping-options?cart_id=${cart.id}`);
  await post(`/store/carts/${cart.id}/shipping-methods`, { option_id: option.id });
  const { payment_collection: money } = await post('/store/payment-collections', { cart_id: cart.id });
  await post(`/store/payment-collections/${money.id}/payment-sessions`, { provider_id: 'pp_system_default' });
  return (await post(`/store/carts/${cart.id}/complete`, {})).type;
}

const tasks = { seed, set: () => set(args), order: () => order(...args) };
console.log(JSON.stringify((await tasks[task]()) ?? null));
