#pragma once

#include "dataspace/connector.hpp"

namespace hanse::dataspace {

/// How a partner asks for data.
struct DataRequest {
  std::string transfer;  ///< Our pid.
  std::string token;     ///< The secret, without `Bearer`.
  DataWindow window;
  std::string purpose, region;  ///< As the partner names them, if it does.
};

/// Hands out data under agreements. The policy is asked at each use, not only when it was agreed: token, transfer,
/// agreement, conditions, count; then masking and aggregation are done here. A use is counted before it is handed out;
/// pieces of one file are one use until twice its size went out, so that repeating lost pieces costs nothing.
class DataPlane {
 public:
  DataPlane(Connector& connector, DataSource& source) : connector_(connector), source_(source) {}

  /// Errors: `unauthenticated` for a token that isn't valid (any more), `forbidden` with the reason when the policy
  /// says no, what the source says.
  Result<DataPiece> read(const DataRequest& request);
  /// The dataset, or a piece of it, for a push; counted as a use each time it is sent. Errors as above.
  Result<DataPiece> read_for_push(const Process& transfer, std::int64_t offset);
  /// A new token for a running transfer; the one before is void. Errors: `not_found`, `conflict` when it doesn't run.
  Result<DataAddress> renew(const Partner& partner, const std::string& transfer);

 private:
  struct Grant {
    Agreement agreement;
    Dataset dataset;
    Policy policy;
    Partner partner;
  };
  Result<Grant> grant_of(const DataRequest& request) const;
  Result<Grant> grant_under(const std::string& agreement) const;
  Result<DataPiece> read_granted(const DataRequest& request, const Grant& grant);
  Result<void> count(const DataRequest& request, const Grant& grant, const DataPiece& piece);

  Connector& connector_;
  DataSource& source_;
};

/// JSON without these members, wherever they stand. Errors: `invalid` when it isn't JSON.
Result<std::string> without_fields(std::string_view body, std::span<const std::string> masked);

}  // namespace hanse::dataspace
