#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "dataspace/records.hpp"
#include "store/collection.hpp"

namespace hanse::dataspace {

/// Where bytes that came from partners lie. The node keeps them in files, tests in memory. Called on the work pool.
class ReceivedContent {
 public:
  virtual ~ReceivedContent() = default;
  /// Writes at `offset`, which is the end of what is there or before it; 0 begins anew.
  virtual Result<void> write(const std::string& id, std::int64_t offset, std::string_view bytes) = 0;
  /// Errors: `not_found`.
  virtual Result<std::string> read(const std::string& id, std::int64_t offset, std::int64_t length) const = 0;
  virtual Result<void> remove(const std::string& id) = 0;
};

/// Data that came under an agreement, asked for or sent. Its bytes are the content's of the same id.
struct Received {
  std::string id;
  std::string agreement;
  std::string partner;
  std::string transfer;  ///< Our pid.
  std::string content_type;
  bool pushed = false;
  std::int64_t bytes = 0;  ///< That are here.
  std::int64_t total = 0;  ///< Of the whole, as the partner says it.
  Timestamp begun_at, changed_at;
  static std::vector<store::IndexField> index(const Received& received);
};
HANSE_DESCRIBE(Received, (id, agreement, partner, transfer, content_type, pushed, bytes, total, begun_at, changed_at))

/// One answer or one push of a transfer: all of it, or a piece of something larger.
struct ReceivedPiece {
  std::string content_type;
  std::string_view body;
  std::int64_t offset = 0;
  std::int64_t total = 0;  ///< 0 when it is the whole.
  bool pushed = false;
};

/// Keeps what comes, the last few of each agreement, whole or as far as it came. Safe from many threads.
class ReceivedBook {
 public:
  static constexpr std::int64_t kKeptMax = 20;          ///< Of one agreement; the oldest goes.
  static constexpr std::int64_t kTotalMax = 4LL << 30;  ///< Bytes of one.
  static constexpr std::size_t kPieceMax = 64U << 20;   ///< Bytes of one push or answer.

  ReceivedBook(store::Store& store, const Clock& clock, ReceivedContent& content)
      : clock_(clock), content_(content), received_(store, "dataspace_received") {}

  /// A piece goes on where the last one of its transfer ended, or repeats some of it. Errors: `conflict` for a hole,
  /// `invalid` beyond the end, `too_large`, what the content says.
  Result<Received> take(const store::Actor& actor, const Process& transfer, const ReceivedPiece& piece) const;
  /// Of an agreement, newest first.
  Result<store::StoredPage<Received>> list(std::string_view agreement, std::optional<std::string> cursor,
                                           std::int64_t limit) const;
  Result<Received> find(const std::string& id) const;
  /// The newest of a transfer.
  Result<std::optional<Received>> of_transfer(const std::string& transfer) const;
  /// At most `length` bytes. Errors: `not_found`, `invalid` for an offset behind its end.
  Result<std::string> read(const Received& received, std::int64_t offset, std::int64_t length) const;
  Result<void> remove(const store::Actor& actor, const std::string& id) const;

 private:
  Result<void> make_room(const store::Actor& actor, const std::string& agreement) const;

  const Clock& clock_;
  ReceivedContent& content_;
  store::Collection<Received> received_;
};

}  // namespace hanse::dataspace
