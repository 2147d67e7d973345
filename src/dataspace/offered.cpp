#include "dataspace/offered.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataspace/internal/loose.hpp"

namespace hanse::dataspace {
namespace {

OfferedTerms terms_of(JsonRef offer) {
  OfferedTerms out{.id = loose::text(offer, "@id").value_or(""), .terms = {}, .rules = {offer.text()}};
  if (const auto policy = read_policy(out.rules)) out.terms = plain_rules(*policy);
  return out;
}

OfferedDataset dataset_of(JsonRef dataset) {
  OfferedDataset out{.id = loose::text(dataset, "@id").value_or(""),
                     .title = loose::text(dataset, "title").value_or(""),
                     .description = loose::text(dataset, "description").value_or(""),
                     .type_iri = loose::text(dataset, "type").value_or(""),
                     .formats = {},
                     .offers = {}};
  for (const auto offer : loose::list(loose::member(dataset, "hasPolicy"))) out.offers.push_back(terms_of(offer));
  for (const auto way : loose::list(loose::member(dataset, "distribution"))) {
    if (auto format = loose::text(way, "format")) out.formats.push_back(*std::move(format));
  }
  return out;
}

}  // namespace

Result<std::vector<OfferedDataset>> read_catalogue(std::string_view body) {
  HANSE_TRY(const auto document, JsonDocument::parse(body));
  const auto root = document.root();
  const auto type = loose::text(root, "@type").value_or("");
  if (loose::short_name(type) == "CatalogError") {
    std::vector<std::string> reasons;
    for (const auto reason : loose::list(loose::member(root, "reason")))
      reasons.push_back(loose::text(reason).value_or(reason.text()));
    return fail(ErrorCode::unavailable, fmt::format("the partner refused: {}", fmt::join(reasons, "; ")));
  }
  if (loose::short_name(type) != "Catalog")
    return fail(ErrorCode::invalid, "the partner's answer is no catalogue", {{"@type", "must be Catalog"}});
  std::vector<OfferedDataset> out;
  for (const auto dataset : loose::list(loose::member(root, "dataset"))) {
    auto read = dataset_of(dataset);
    if (!read.id.empty()) out.push_back(std::move(read));
  }
  return out;
}

}  // namespace hanse::dataspace
