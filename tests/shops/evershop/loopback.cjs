// Loaded before EverShop, which listens everywhere: a server that names no host listens on 127.0.0.1.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function (...args) {
  const [first, second] = args;
  if (/^\d+$/.test(String(first)) && typeof second !== 'string') args.splice(1, 0, '127.0.0.1');
  else if (first?.port != null && !first.host) args[0] = { ...first, host: '127.0.0.1' };
  return listen.apply(this, args);
};
