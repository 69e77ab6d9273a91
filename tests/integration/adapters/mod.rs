//! Every adapter through the real binary, against a server that answers as the real one does.

mod bigcommerce;
mod csv;
mod evershop;
mod http_json;
mod magento;
mod manners;
mod medusa;
mod odoo;
mod priority;
mod saleor;
mod sap_b1;
mod shopify;
mod sql;
mod vendure;
mod woocommerce;
