//! Every adapter through the real binary, against a server that answers as the real one does.

mod csv;
mod http_json;
mod manners;
mod sql;
mod woocommerce;
