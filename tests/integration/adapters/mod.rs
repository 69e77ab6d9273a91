//! Every adapter through the real binary, against a server that answers as the real one does.

mod evershop;
mod http_json;
mod manners;
mod medusa;
mod sap_b1;
mod shopify;
mod vendure;
mod woocommerce;
