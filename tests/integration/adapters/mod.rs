//! Every adapter through the real binary, against a server that answers as the real one does.

mod http_json;
mod manners;
mod sap_b1;
mod woocommerce;
