//! Every adapter through the real binary, against a server that answers as the real one does.

mod http_json;
mod manners;
<<<<<<< HEAD
mod shopify;
=======
mod sap_b1;
>>>>>>> main
mod woocommerce;
