#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dataspace/policy.hpp"

namespace hanse::dataspace {

/// One offer of a partner for a dataset, as a person reads it.
struct OfferedTerms {
  std::string id;
  std::vector<PlainRule> terms;  ///< In plain words; empty when the rules can't be read here.
  RawJson rules;                 ///< The offer as the partner wrote it: for the negotiation, verbatim.
};
HANSE_DESCRIBE(OfferedTerms, (id, terms, rules))

/// Something that a partner offers.
struct OfferedDataset {
  std::string id, title, description, type_iri;
  std::vector<std::string> formats;  ///< As `HttpData-PULL`.
  std::vector<OfferedTerms> offers;
};
HANSE_DESCRIBE(OfferedDataset, (id, title, description, type_iri, formats, offers))

/// Reads a partner's `Catalog` document, tolerantly. A dataset without an id is left out, as nobody could ask for it.
/// Errors: `invalid` when it isn't one; the partner's own reasons when it is a `CatalogError`.
Result<std::vector<OfferedDataset>> read_catalogue(std::string_view body);

}  // namespace hanse::dataspace
