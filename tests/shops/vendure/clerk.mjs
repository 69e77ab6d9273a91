// clerk.mjs PORT seed | set SKU=QUANTITY@LOCATION... | order SKU QUANTITY | global track=BOOL threshold=N
// Fills the shop, changes its stock as a warehouse does, and buys as a customer does. Prints one JSON value.
const [port, task, ...args] = process.argv.slice(2);

// One side of the counter: its API and its session.
function api(path) {
  let token = '';
  return async (query, variables = {}) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`http://127.0.0.1:${port}/${path}`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    token = answer.headers.get('vendure-auth-token') || token;
    const { data, errors } = await answer.json();
    const refused = errors ?? Object.values(data ?? {}).find((one) => one?.errorCode);
    if (refused) throw new Error(JSON.stringify(refused));
    return data;
  };
}
const admin = api('admin-api');
const shop = api('shop-api');
await admin('mutation { login(username: "superadmin", password: "superadmin") { __typename ... on ErrorResult { errorCode } } }');

async function locations() {
  const { stockLocations } = await admin('{ stockLocations { items { id name } } }');
  return Object.fromEntries(stockLocations.items.map(({ id, name }) => [name, id]));
}

async function variant(sku) {
  const { productVariants } = await admin('query($sku: String!) { productVariants(options: { filter: { sku: { eq: $sku } } }) { items { id } } }', { sku });
  return productVariants.items[0].id;
}

async function seed() {
  const text = { en: (name) => [{ languageCode: 'en', name }] };
  const { createZone: zone } = await admin('mutation { createZone(input: { name: "EU" }) { id } }');
  const { createCountry: country } = await admin('mutation { createCountry(input: { code: "DE", enabled: true, translations: [{ languageCode: en, name: "Germany" }] }) { id } }');
  await admin('mutation($z: ID!, $c: ID!) { addMembersToZone(zoneId: $z, memberIds: [$c]) { id } }', { z: zone.id, c: country.id });
  const { createTaxCategory: tax } = await admin('mutation { createTaxCategory(input: { name: "standard", isDefault: true }) { id } }');
  await admin('mutation($z: ID!) { updateChannel(input: { id: "1", defaultTaxZoneId: $z, defaultShippingZoneId: $z, pricesIncludeTax: true }) { __typename } }', { z: zone.id });
  await admin('mutation($i: CreateTaxRateInput!) { createTaxRate(input: $i) { id } }', { i: { name: 'standard', enabled: true, value: 19, categoryId: tax.id, zoneId: zone.id } });
  await admin('mutation($i: CreateShippingMethodInput!) { createShippingMethod(input: $i) { id } }', { i: {
    code: 'parcel', fulfillmentHandler: 'manual-fulfillment',
    checker: { code: 'default-shipping-eligibility-checker', arguments: [{ name: 'orderMinimum', value: '0' }] },
    calculator: { code: 'default-shipping-calculator', arguments: [{ name: 'rate', value: '500' }, { name: 'includesTax', value: 'auto' }, { name: 'taxRate', value: '19' }] },
    translations: [{ languageCode: 'en', name: 'Parcel', description: '' }] } });
  await admin('mutation($i: CreatePaymentMethodInput!) { createPaymentMethod(input: $i) { id } }', { i: {
    code: 'dummy', enabled: true, handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'false' }] },
    translations: [{ languageCode: 'en', name: 'Dummy', description: '' }] } });
  const { createStockLocation: haifa } = await admin('mutation { createStockLocation(input: { name: "Haifa" }) { id } }');
  const here = Object.values(await locations()).find((id) => id !== haifa.id);

  const lamp = async (sku, berlin, more = {}) => {
    const name = `Lamp ${sku}`;
    const { createProduct: product } = await admin('mutation($i: CreateProductInput!) { createProduct(input: $i) { id } }', { i: { enabled: true, translations: [{ languageCode: 'en', name, slug: sku.toLowerCase(), description: '' }] } });
    const { haifa: there, ...own } = more;
    const stockLevels = [{ stockLocationId: here, stockOnHand: berlin }, ...(there === undefined ? [] : [{ stockLocationId: haifa.id, stockOnHand: there }])];
    await admin('mutation($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }', { i: [{
      productId: product.id, sku, price: 990, stockLevels, trackInventory: 'INHERIT', useGlobalOutOfStockThreshold: true, translations: text.en(name), ...own }] });
  };
  for (let n = 1; n <= 25; n += 1) await lamp(`LAMP-${String(n).padStart(2, '0')}`, n % 5);
  await lamp('TWO-PLACES', 2, { haifa: 3 });
  await lamp('ONLY-HAIFA', 0, { haifa: 4 });
  await lamp('BACKORDERS', 0, { useGlobalOutOfStockThreshold: false, outOfStockThreshold: -10 });
  await lamp('KEPT-BACK', 5, { useGlobalOutOfStockThreshold: false, outOfStockThreshold: 5 });
  await lamp('UNTRACKED', 0, { trackInventory: 'FALSE' });
  await lamp('TRACKED', 3, { trackInventory: 'TRUE' });
  await lamp('SWITCHED-OFF', 3);
  await admin('mutation($id: ID!) { updateProductVariants(input: [{ id: $id, enabled: false }]) { id } }', { id: await variant('SWITCHED-OFF') });
  const { productVariants } = await admin('{ productVariants(options: { take: 100 }) { items { sku } } }');
  return productVariants.items.map(({ sku }) => sku);
}

async function set(changes) {
  const ids = await locations();
  for (const change of changes) {
    const [, sku, quantity, place] = change.match(/^(.+)=(-?\d+)@(.+)$/);
    await admin('mutation($i: [UpdateProductVariantInput!]!) { updateProductVariants(input: $i) { id } }', { i: [{ id: await variant(sku), stockLevels: [{ stockLocationId: ids[place], stockOnHand: Number(quantity) }] }] });
  }
}

// A guest buys; the payment is authorised, and with it the stock is allocated.
async function order(sku, quantity) {
  const result = '{ __typename ... on ErrorResult { errorCode message } ... on Order { id code state } }';
  await shop(`mutation($id: ID!, $n: Int!) { addItemToOrder(productVariantId: $id, quantity: $n) ${result} }`, { id: await variant(sku), n: Number(quantity) });
  await shop('mutation { setCustomerForOrder(input: { firstName: "Miriam", lastName: "Levi", emailAddress: "miriam@home.test" }) { __typename ... on ErrorResult { errorCode message } } }');
  await shop('mutation { setOrderShippingAddress(input: { fullName: "Miriam Levi", streetLine1: "Herzlstr. 1", city: "Berlin", postalCode: "10115", countryCode: "DE" }) { __typename ... on ErrorResult { errorCode message } } }');
  const { eligibleShippingMethods: [method] } = await shop('{ eligibleShippingMethods { id } }');
  await shop('mutation($id: [ID!]!) { setOrderShippingMethod(shippingMethodId: $id) { __typename ... on ErrorResult { errorCode message } } }', { id: [method.id] });
  await shop(`mutation { transitionOrderToState(state: "ArrangingPayment") ${result.replace('... on Order', '... on Order')} }`);
  const { addPaymentToOrder: paid } = await shop(`mutation { addPaymentToOrder(input: { method: "dummy", metadata: {} }) ${result} }`);
  return paid.state;
}

async function global(settings) {
  const [track, threshold] = settings.map((setting) => setting.split('=')[1]);
  await admin('mutation($i: UpdateGlobalSettingsInput!) { updateGlobalSettings(input: $i) { __typename } }', { i: { trackInventory: track === 'true', outOfStockThreshold: Number(threshold) } });
}

const tasks = { seed, set: () => set(args), order: () => order(...args), global: () => global(args) };
console.log(JSON.stringify((await tasks[task]()) ?? null));
