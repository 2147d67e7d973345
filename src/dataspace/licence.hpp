#pragma once

#include <string>

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// A design released for N units under an agreement whose policy has a count and may name machines. The design leaves
/// the designer's node sealed for one recipient's key; a key to one job is given out per use, and each is counted with
/// its evidence. What it can't do: once a machine or a person has the opened file, software here can't prevent a copy.
/// It makes every lawful use counted, every other one a breach that both sides' evidence shows, and ends the release
/// of keys at N, at the date, and at once when revoked.
struct LicenceUse {
  std::string agreement;
  std::string machine;  ///< Where it is made.
  std::string serial;   ///< Of the part; the same one again is the same use.
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "agreement", .length_max = 500, .required = true},
        FieldNote{.field = "machine", .summary = "Where it is made.", .length_max = 200, .required = true},
        FieldNote{.field = "serial",
                  .summary = "Of the part; the same one again is the same use.",
                  .length_max = 200,
                  .required = true}};
  }
};
HANSE_DESCRIBE(LicenceUse, (agreement, machine, serial))

/// One use that was granted, kept for good. Its id is `<agreement>|<serial>`.
struct GrantedUse {
  std::string id;
  std::string agreement;
  std::string machine, serial;
  std::int64_t number = 0;  ///< 1 to N.
  Timestamp time;
  static std::vector<store::IndexField> index(const GrantedUse& use) {
    return {{"order", use.agreement + '|' + sortable(use.number)}};
  }
};
HANSE_DESCRIBE(GrantedUse, (id, agreement, machine, serial, number, time))

/// What a granted use brings: the job, sealed for the recipient, and how many are left.
struct LicenceJob {
  std::string sealed;  ///< `{"agreement","serial","machine","number","content"}`, sealed for the partner's key.
  std::int64_t number = 0, left = 0;
};
HANSE_DESCRIBE(LicenceJob, (sealed, number, left))

/// The designer's side. Safe from many threads.
class LicenceBook {
 public:
  explicit LicenceBook(Connector& connector)
      : connector_(connector), uses_(connector.parts().store, "dataspace_licence_use") {}

  /// Counts the use and hands out the job for it. A serial that was granted before gets its job again without being
  /// counted, so that a lost answer costs nothing. Errors: `forbidden` with the reason (count, date, machine, revoked),
  /// `not_found` for another partner's agreement, `invalid` when the partner has no key to seal for.
  Result<LicenceJob> use(const Partner& partner, const LicenceUse& wanted);
  /// Granted uses of an agreement, newest first.
  Result<store::StoredPage<GrantedUse>> uses(std::string_view agreement, std::optional<std::string> cursor,
                                             std::int64_t limit) const;

 private:
  Result<GrantedUse> grant(const Partner& partner, const LicenceUse& wanted, std::int64_t& left);

  Connector& connector_;
  store::Collection<GrantedUse> uses_;
};

/// The use of a part that was granted under an agreement or a version of it before; nothing for a new part.
Result<std::optional<GrantedUse>> granted_before(class Turn& turn, std::string agreement, const std::string& serial);

/// The maker's side: opens a job with the node's key. Errors: `forbidden` when it was sealed for somebody else.
Result<std::string> open_job(const LicenceJob& job, const SigningKey& key);

}  // namespace hanse::dataspace
