// lamps.mjs ENVIRONMENT DATABASE_URL PORT: a Vendure shop for lamps, with nothing but its own packages and PostgreSQL.
import { createRequire } from 'node:module';

const [environment, url, port] = process.argv.slice(2);
const require = createRequire(`${environment}/`);
const { bootstrap, bootstrapWorker, DefaultJobQueuePlugin, DefaultLogger, dummyPaymentHandler, LogLevel } = require('@vendure/core');

const config = {
  apiOptions: { port: Number(port), hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: {
    tokenMethod: ['bearer', 'cookie'],
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'only for tests on loopback' },
    requireVerification: false,
  },
  dbConnectionOptions: { type: 'postgres', url, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  customFields: {},
  logger: new DefaultLogger({ level: LogLevel.Warn }),
  plugins: [DefaultJobQueuePlugin.init({ pollInterval: 200 })],
};
// The port is open when everything behind it is ready.
await bootstrapWorker(config).then((worker) => worker.startJobQueue()).catch(() => {});
await bootstrap(config);
