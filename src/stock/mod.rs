//! Keys → stock facts. One file per adapter, one registry.

mod options;

pub use options::{
    Adapter, Auth, Batch, CsvOptions, HttpJsonOptions, Listing, Mapping, Options, Paging, Place, Request, Rules,
};
