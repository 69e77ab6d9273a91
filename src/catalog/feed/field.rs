//! The fields of a feed that matter here, and all the names they go by.

/// A field that is read. All others are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Id,
    Title,
    Link,
    MobileLink,
    Availability,
    AvailabilityDate,
    ExpirationDate,
    Pause,
    Status,
    Group,
    Gtin,
    Mpn,
    Brand,
    Category,
    Price,
    SalePrice,
    Quantity,
    Store,
}

impl Field {
    /// All of them.
    pub(super) const ALL: [Self; 18] = [
        Self::Id,
        Self::Title,
        Self::Link,
        Self::MobileLink,
        Self::Availability,
        Self::AvailabilityDate,
        Self::ExpirationDate,
        Self::Pause,
        Self::Status,
        Self::Group,
        Self::Gtin,
        Self::Mpn,
        Self::Brand,
        Self::Category,
        Self::Price,
        Self::SalePrice,
        Self::Quantity,
        Self::Store,
    ];

    /// What Merchant Center calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Link => "link",
            Self::MobileLink => "mobile_link",
            Self::Availability => "availability",
            Self::AvailabilityDate => "availability_date",
            Self::ExpirationDate => "expiration_date",
            Self::Pause => "pause",
            Self::Status => "status",
            Self::Group => "item_group_id",
            Self::Gtin => "gtin",
            Self::Mpn => "mpn",
            Self::Brand => "brand",
            Self::Category => "product_type",
            Self::Price => "price",
            Self::SalePrice => "sale_price",
            Self::Quantity => "quantity",
            Self::Store => "store_code",
        }
    }

    /// The field of a name as Merchant Center, Meta and Microsoft spell it (`item_group_id`, `item group id`,
    /// `itemGroupId`, `g:id`), and how good a name it is for that field: of several names the lowest number counts.
    pub(super) fn of(name: &str) -> Option<(Self, u8)> {
        // Longer names than this there are none, and nothing is allocated for those that are passed over.
        let mut letters = [0_u8; 32];
        let mut length = 0;
        let name = name.trim();
        let name = name.strip_prefix("g:").unwrap_or(name);
        for byte in name.bytes().filter(|byte| !matches!(byte, b' ' | b'_' | b'-' | b'.')) {
            *letters.get_mut(length)? = byte.to_ascii_lowercase();
            length += 1;
        }
        Some(match letters.get(..length)? {
            b"id" => (Self::Id, 0),
            b"itemid" | b"offerid" | b"retailerid" | b"contentid" => (Self::Id, 1),
            b"productid" | b"merchantproductid" | b"mpid" => (Self::Id, 2),
            b"sku" => (Self::Id, 3),
            b"title" => (Self::Title, 0),
            b"name" | b"productname" => (Self::Title, 1),
            b"link" => (Self::Link, 0),
            b"url" | b"producturl" | b"productlink" => (Self::Link, 1),
            b"mobilelink" => (Self::MobileLink, 0),
            b"availability" => (Self::Availability, 0),
            b"stockstatus" => (Self::Availability, 1),
            b"availabilitydate" => (Self::AvailabilityDate, 0),
            b"expirationdate" => (Self::ExpirationDate, 0),
            b"pause" => (Self::Pause, 0),
            b"status" => (Self::Status, 0),
            b"visibility" => (Self::Status, 1),
            b"itemgroupid" => (Self::Group, 0),
            b"gtin" => (Self::Gtin, 0),
            b"ean" | b"upc" | b"isbn" => (Self::Gtin, 1),
            b"mpn" => (Self::Mpn, 0),
            b"brand" => (Self::Brand, 0),
            b"manufacturer" => (Self::Brand, 1),
            b"producttype" => (Self::Category, 0),
            b"googleproductcategory" => (Self::Category, 1),
            b"productcategory" | b"fbproductcategory" => (Self::Category, 2),
            b"category" => (Self::Category, 3),
            b"price" => (Self::Price, 0),
            b"saleprice" => (Self::SalePrice, 0),
            b"quantitytosellonfacebook" => (Self::Quantity, 0),
            b"quantity" => (Self::Quantity, 1),
            b"inventory" => (Self::Quantity, 2),
            b"sellongooglequantity" => (Self::Quantity, 3),
            b"storecode" => (Self::Store, 0),
            b"storeid" => (Self::Store, 1),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_known_by_its_name_and_its_spellings() {
        for field in Field::ALL {
            assert_eq!(Field::of(field.name()), Some((field, Field::of(field.name()).unwrap().1)), "{field:?}");
        }
        for (name, expected) in [
            ("item group id", Field::Group),
            ("Item_Group_ID", Field::Group),
            ("itemGroupId", Field::Group),
            ("g:mobile-link", Field::MobileLink),
            (" availability date ", Field::AvailabilityDate),
            ("store code", Field::Store),
            ("MerchantProductID", Field::Id),
            ("quantity_to_sell_on_facebook", Field::Quantity),
            ("google product category", Field::Category),
        ] {
            assert_eq!(Field::of(name).map(|(field, _)| field), Some(expected), "{name}");
        }
        for name in ["", "image_link", "availability_date_of_the_next_delivery_to_us", "description", "זמינות"] {
            assert_eq!(Field::of(name), None, "{name}");
        }
    }

    #[test]
    fn the_usual_name_counts_more_than_its_relatives() {
        assert!(Field::of("id") < Field::of("sku"));
        assert!(Field::of("quantity") < Field::of("inventory"));
    }
}
