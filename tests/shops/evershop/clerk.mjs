// clerk.mjs PORT seed: the SKUs of what is in the shop, as JSON.
const [port] = process.argv.slice(2);
const at = (path) => `http://127.0.0.1:${port}/api/${path}`;
const post = async (path, body, headers = {}) => {
  const answer = await fetch(at(path), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} ${answer.status} ${await answer.text()}`);
  return answer.json();
};
const { data } = await post('user/tokens', { email: 'admin@shop.test', password: 'admin-pass-1' });
const query = '{ products(filters: [{ key: "limit", operation: eq, value: "100" }]) { items { sku } } }';
const answer = await post('admin/graphql', { query }, { authorization: `Bearer ${data.accessToken}` });
console.log(JSON.stringify(answer.data.products.items.map(({ sku }) => sku).sort()));
