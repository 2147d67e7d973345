#pragma once

#include <bit>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "programme/records.hpp"

namespace hanse::programme {

enum class Verdict { yes, no, unknown };
HANSE_DESCRIBE_ENUM(Verdict, yes, no, unknown)
enum class Condition { offered, process, material, envelope, certificate, evidence, agreement };
HANSE_DESCRIBE_ENUM(Condition, offered, process, material, envelope, certificate, evidence, agreement)

/// One test of one offer: stored as evidence of a match.
struct Reason {
  Condition condition = Condition::process;
  Verdict verdict = Verdict::no;
  std::string required, found;
};
HANSE_DESCRIBE(Reason, (condition, verdict, required, found))

struct MatchedOffer {
  std::string capability, organisation, site;
  Verdict verdict = Verdict::no;
  std::vector<Reason> reasons;
  std::string cure;  ///< Of a near miss: what would make it fit.
};
HANSE_DESCRIBE(MatchedOffer, (capability, organisation, site, verdict, reasons, cure))

/// When a certificate must hold, and who may take part.
struct MatchTerms {
  Timestamp from, to;
  bool agreement_required = false;
  std::vector<std::string> organisations;  ///< Sorted: those with an agreement in force.
};

/// How many offers fall at which test, the first that fails.
struct MatchCount {
  std::vector<std::uint32_t> fits;  ///< Numbers of offers.
  std::map<Condition, std::int64_t> failed;
};

/// All offers of a snapshot, ready to be asked: a bit per offer and class (or family) with those above it, so that most
/// offers are ruled out sixty-four at a time.
class Offers {
 public:
  explicit Offers(std::shared_ptr<const ecosystem::Records> records);

  std::size_t size() const { return offers_.size(); }
  const ecosystem::Capability& offer(std::uint32_t number) const { return *offers_[number].capability; }
  /// An offer fits when every test says yes; unknown is never yes.
  MatchCount match(const Requirement& requirement, const MatchTerms& terms) const;
  /// Every test of one offer, with its values.
  MatchedOffer explain(std::uint32_t number, const Requirement& requirement, const MatchTerms& terms) const;
  /// Offers of the class that fail exactly one test, with the cure.
  std::vector<MatchedOffer> near_misses(const Requirement& requirement, const MatchTerms& terms,
                                        std::size_t limit) const;

 private:
  struct Range {
    std::uint16_t property;
    float min, max;  ///< NaN: not said.
  };
  struct Offer {
    const ecosystem::Capability* capability = nullptr;
    std::vector<Range> ranges;
    std::vector<const ecosystem::Certificate*> certificates;
  };
  using Bits = std::vector<std::uint64_t>;
  struct Asked {  ///< A requirement in numbers.
    const Bits* process = nullptr;
    const Bits* material = nullptr;
    std::vector<std::pair<std::uint16_t, float>> values;
    std::vector<float> box;  ///< Of the part, ascending; empty when not asked.
  };
  Asked prepare(const Requirement& requirement) const;
  Verdict envelope(const Offer& offer, const Asked& asked) const;
  Verdict certificates(const Offer& offer, const Requirement& requirement, const MatchTerms& terms) const;

  std::shared_ptr<const ecosystem::Records> records_;
  std::vector<Offer> offers_;
  std::vector<Bits> by_process_, by_material_;
  Bits none_;
};

}  // namespace hanse::programme
