#include "programme/match.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace hanse::programme {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr std::array<std::string_view, 3> kBox{"workspace.x", "workspace.y", "workspace.z"};

std::uint16_t property_number(std::string_view name) {
  static const auto numbers = [] {
    std::unordered_map<std::string, std::uint16_t> out;
    for (const auto& property : ecosystem::vocabulary().properties)
      out.emplace(property.id, static_cast<std::uint16_t>(out.size()));
    return out;
  }();
  const auto found = numbers.find(std::string{name});
  return found == numbers.end() ? std::uint16_t{0xFFFF} : found->second;
}

bool covers(const ecosystem::Certificate& certificate, const std::string& process) {
  if (certificate.processes.empty()) return true;
  const auto wanted = ecosystem::process_with_ancestors(process);
  return std::any_of(certificate.processes.begin(), certificate.processes.end(), [&](const std::string& covered) {
    const auto number = ecosystem::process_number(covered);
    return number && std::find(wanted.begin(), wanted.end(), *number) != wanted.end();
  });
}

bool has_agreement(const MatchTerms& terms, const std::string& organisation) {
  return !terms.agreement_required ||
         std::binary_search(terms.organisations.begin(), terms.organisations.end(), organisation);
}

std::string day(Timestamp time) { return to_string(time).substr(0, 10); }

std::string text_of(float min, float max) {
  return fmt::format("{} to {}", std::isnan(min) ? "?" : fmt::format("{:g}", min),
                     std::isnan(max) ? "?" : fmt::format("{:g}", max));
}

}  // namespace

Offers::Offers(std::shared_ptr<const ecosystem::Records> records) : records_(std::move(records)) {
  std::unordered_map<std::string, std::vector<const ecosystem::Certificate*>> certificates;
  for (const auto& certificate : records_->certificates)
    certificates[certificate->organisation].push_back(certificate.get());
  for (const auto& capability : records_->capabilities) {
    if (!capability->offered) continue;
    Offer offer{.capability = capability.get()};
    for (const auto& range : capability->envelope) {
      offer.ranges.push_back({property_number(range.property), range.min ? static_cast<float>(*range.min) : kUnknown,
                              range.max ? static_cast<float>(*range.max) : kUnknown});
    }
    if (const auto found = certificates.find(capability->organisation); found != certificates.end()) {
      for (const auto* certificate : found->second) {
        if (certificate->site.empty() || certificate->site == capability->site)
          offer.certificates.push_back(certificate);
      }
    }
    offers_.push_back(std::move(offer));
  }
  const auto words = (offers_.size() + 63) / 64;
  none_.assign(words, 0);
  by_process_.assign(ecosystem::process_count(), none_);
  by_material_.assign(ecosystem::material_count(), none_);
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    const auto bit = std::uint64_t{1} << (i % 64);
    for (const auto number : ecosystem::process_with_ancestors(offers_[i].capability->process))
      by_process_[number][i / 64] |= bit;
    for (const auto& material : offers_[i].capability->materials) {
      for (const auto number : ecosystem::material_with_ancestors(material)) by_material_[number][i / 64] |= bit;
    }
  }
}

Offers::Asked Offers::prepare(const Requirement& requirement) const {
  Asked asked;
  const auto process = ecosystem::process_number(requirement.process);
  asked.process = process ? &by_process_[*process] : &none_;
  if (!requirement.material.empty()) {
    const auto material = ecosystem::material_number(requirement.material);
    asked.material = material ? &by_material_[*material] : &none_;
  }
  for (const auto& need : requirement.envelope) {
    if (std::find(kBox.begin(), kBox.end(), need.property) != kBox.end()) {
      asked.box.push_back(static_cast<float>(need.value));
    } else {
      asked.values.emplace_back(property_number(need.property), static_cast<float>(need.value));
    }
  }
  std::sort(asked.box.begin(), asked.box.end());
  return asked;
}

/// The part's box may lie in the work space any way round; every other value must be in its range.
Verdict Offers::envelope(const Offer& offer, const Asked& asked) const {
  Verdict verdict = Verdict::yes;
  if (!asked.box.empty()) {
    static const std::array<std::uint16_t, 3> numbers{property_number(kBox[0]), property_number(kBox[1]),
                                                      property_number(kBox[2])};
    std::array<float, 3> space{};
    std::size_t known = 0;
    for (const auto& range : offer.ranges) {
      if (std::find(numbers.begin(), numbers.end(), range.property) != numbers.end() && !std::isnan(range.max) &&
          known < 3)
        space[known++] = range.max;
    }
    if (known < asked.box.size()) {
      verdict = Verdict::unknown;
    } else {
      std::sort(space.begin(), space.begin() + static_cast<std::ptrdiff_t>(known));
      for (std::size_t i = 0; i < asked.box.size(); ++i) {
        if (asked.box[asked.box.size() - 1 - i] > space[known - 1 - i]) return Verdict::no;
      }
    }
  }
  for (const auto& [property, value] : asked.values) {
    const auto found = std::find_if(offer.ranges.begin(), offer.ranges.end(),
                                    [p = property](const Range& range) { return range.property == p; });
    if (found == offer.ranges.end()) {
      verdict = Verdict::unknown;
    } else if (value < found->min || value > found->max) {  // False against a bound that isn't said.
      return Verdict::no;
    }
  }
  return verdict;
}

Verdict Offers::certificates(const Offer& offer, const Requirement& requirement, const MatchTerms& terms) const {
  for (const auto& scheme : requirement.certificates) {
    const bool held =
        std::any_of(offer.certificates.begin(), offer.certificates.end(), [&](const ecosystem::Certificate* c) {
          return c->scheme == scheme && c->valid_from <= terms.from && c->valid_to >= terms.to &&
                 covers(*c, offer.capability->process);
        });
    if (!held) return Verdict::no;
  }
  return Verdict::yes;
}

MatchCount Offers::match(const Requirement& requirement, const MatchTerms& terms) const {
  const auto asked = prepare(requirement);
  MatchCount out;
  std::int64_t of_process = 0, of_material = 0;
  for (std::size_t word = 0; word < none_.size(); ++word) {
    const auto process = (*asked.process)[word];
    of_process += std::popcount(process);
    auto bits = asked.material ? process & (*asked.material)[word] : process;
    of_material += std::popcount(bits);
    for (; bits != 0; bits &= bits - 1) {
      const auto number = static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
      const auto& offer = offers_[number];
      if (envelope(offer, asked) != Verdict::yes) {
        ++out.failed[Condition::envelope];
      } else if (certificates(offer, requirement, terms) != Verdict::yes) {
        ++out.failed[Condition::certificate];
      } else if (offer.capability->evidence < requirement.evidence) {
        ++out.failed[Condition::evidence];
      } else if (!has_agreement(terms, offer.capability->organisation)) {
        ++out.failed[Condition::agreement];
      } else {
        out.fits.push_back(number);
      }
    }
  }
  out.failed[Condition::process] = std::ssize(offers_) - of_process;
  out.failed[Condition::material] = of_process - of_material;
  return out;
}

MatchedOffer Offers::explain(std::uint32_t number, const Requirement& requirement, const MatchTerms& terms) const {
  const auto& offer = offers_[number];
  const auto& capability = *offer.capability;
  const auto asked = prepare(requirement);
  MatchedOffer out{capability.id, capability.organisation, capability.site, Verdict::yes, {}, {}};
  const auto bit = [number](const Bits& bits) { return (bits[number / 64] >> (number % 64) & 1) != 0; };
  const auto add = [&](Condition condition, Verdict verdict, std::string required, std::string found) {
    if (verdict == Verdict::no || (verdict == Verdict::unknown && out.verdict == Verdict::yes)) out.verdict = verdict;
    out.reasons.push_back({condition, verdict, std::move(required), std::move(found)});
  };
  add(Condition::process, bit(*asked.process) ? Verdict::yes : Verdict::no, requirement.process, capability.process);
  if (asked.material) {
    const auto verdict = capability.materials.empty() ? Verdict::unknown
                         : bit(*asked.material)       ? Verdict::yes
                                                      : Verdict::no;
    add(Condition::material, verdict, requirement.material, fmt::format("{}", fmt::join(capability.materials, ", ")));
  }
  if (!requirement.envelope.empty()) {
    std::string required, found;
    for (const auto& need : requirement.envelope)
      required += fmt::format("{}{} {:g}", required.empty() ? "" : ", ", need.property, need.value);
    for (const auto& need : requirement.envelope) {
      const auto range = std::find_if(offer.ranges.begin(), offer.ranges.end(),
                                      [p = property_number(need.property)](const Range& r) { return r.property == p; });
      found += fmt::format("{}{} {}", found.empty() ? "" : ", ", need.property,
                           range == offer.ranges.end() ? "not said" : text_of(range->min, range->max));
    }
    add(Condition::envelope, envelope(offer, asked), std::move(required), std::move(found));
  }
  for (const auto& scheme : requirement.certificates) {
    Requirement one{.process = requirement.process, .certificates = {scheme}};
    std::string found = "none";
    for (const auto* certificate : offer.certificates) {
      if (certificate->scheme == scheme)
        found = fmt::format("valid {} to {}", day(certificate->valid_from), day(certificate->valid_to));
    }
    add(Condition::certificate, certificates(offer, one, terms),
        fmt::format("{} from {} to {}", scheme, day(terms.from), day(terms.to)), std::move(found));
  }
  add(Condition::evidence, capability.evidence >= requirement.evidence ? Verdict::yes : Verdict::no,
      describe::enum_name(requirement.evidence), describe::enum_name(capability.evidence));
  if (terms.agreement_required) {
    const bool held = has_agreement(terms, capability.organisation);
    add(Condition::agreement, held ? Verdict::yes : Verdict::no, "an agreement in force", held ? "in force" : "none");
  }
  std::vector<const Reason*> open;
  for (const auto& reason : out.reasons) {
    if (reason.verdict != Verdict::yes) open.push_back(&reason);
  }
  if (open.size() == 1) {
    const auto& reason = *open.front();
    out.cure =
        reason.verdict == Verdict::unknown
            ? fmt::format("say {} (needed: {})", describe::enum_name(reason.condition), reason.required)
            : fmt::format("{}: needs {}, has {}", describe::enum_name(reason.condition), reason.required, reason.found);
  }
  return out;
}

std::vector<MatchedOffer> Offers::near_misses(const Requirement& requirement, const MatchTerms& terms,
                                              std::size_t limit) const {
  const auto asked = prepare(requirement);
  std::vector<MatchedOffer> out;
  for (std::size_t word = 0; word < none_.size() && out.size() < limit; ++word) {
    for (auto bits = (*asked.process)[word]; bits != 0 && out.size() < limit; bits &= bits - 1) {
      auto told = explain(static_cast<std::uint32_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits))),
                          requirement, terms);
      if (!told.cure.empty()) out.push_back(std::move(told));
    }
  }
  return out;
}

}  // namespace hanse::programme
