#include "node/archive/selftest.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/random.hpp"
#include "historian/engine.hpp"
#include "net/tls.hpp"
#include "node/access/password.hpp"
#include "node/archive/files.hpp"
#include "store/store.hpp"

namespace hanse::node {
namespace {

namespace fs = std::filesystem;

constexpr double kDiskFreeMbMin = 200;
constexpr double kSyncMsMax = 200;  // A durable write slower than this can't keep up with a plant.
constexpr double kSyncMsBelievable = 0.02;
constexpr Duration kClockOffMax = 5s;
constexpr Timestamp kYoungest{1'767'225'600'000'000'000};  // 2026-01-01: this program is younger.
constexpr int kSamples = 10'000;

struct Bench {
  const Settings& settings;
  const Clock& clock;
  const Log& log;
  std::string folder;  ///< Its own, on the disk of the data.

  double milliseconds_of(const std::function<void()>& work) const {
    const auto begin = clock.monotonic();
    work();
    return std::chrono::duration<double, std::milli>(clock.monotonic() - begin).count();
  }
};

Error wrong(std::string message) { return fail(ErrorCode::unavailable, std::move(message)); }

std::string hex_of(std::span<const unsigned char> bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
  hex.pop_back();
  return hex;
}

Result<void> known_answers() {
  // FIPS 180-4, example "abc".
  if (sha256_of("abc") != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    return wrong("SHA-256 is wrong");
  // RFC 8032, 7.1, test 1: the signature of nothing.
  std::array<unsigned char, crypto_sign_SEEDBYTES> seed{};
  sodium_hex2bin(seed.data(), seed.size(), "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", 64,
                 nullptr, nullptr, nullptr);
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> open_key{};
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> own_key{};
  std::array<unsigned char, crypto_sign_BYTES> signature{};
  crypto_sign_seed_keypair(open_key.data(), own_key.data(), seed.data());
  crypto_sign_detached(signature.data(), nullptr, nullptr, 0, own_key.data());
  if (!hex_of(signature).starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"))
    return wrong("Ed25519 is wrong");
  signature[0] ^= 1;
  const unsigned char nothing = 0;
  if (crypto_sign_verify_detached(signature.data(), &nothing, 0, open_key.data()) == 0)
    return wrong("Ed25519 takes a wrong signature");
  if (secure_random_hex(32) == secure_random_hex(32)) return wrong("the system's random source repeats itself");
  return {};
}

Result<std::string> check_crypto(const Bench& bench) {
  HANSE_CHECK(known_answers());
  const PasswordHasher hasher;
  Result<std::string> hash{std::string{}};
  const double ms = bench.milliseconds_of([&] { hash = hasher.hash("a password of the self test"); });
  if (!hash) return Error{hash.error()};
  HANSE_TRY(const bool right, hasher.verify(*hash, "a password of the self test"));
  HANSE_TRY(const bool other, hasher.verify(*hash, "another password altogether"));
  if (!right || other) return wrong("argon2id takes a wrong password or refuses a right one");
  return fmt::format("known answers are right; a password takes {:.0f} ms", ms);
}

Result<std::string> check_tls(const Bench& bench) {
  const auto identity = net::TlsIdentity::self_signed(path_in(bench.folder, "tls"));
  if (!identity) return Error{identity.error()};
  if (bench.settings.server.tls != TlsMode::files) return std::string{"a certificate for localhost can be made"};
  const auto own = net::TlsIdentity::load(bench.settings.server.certificate_file, bench.settings.server.key_file);
  if (!own) return Error{own.error()};
  return std::string{"certificate and key of the settings fit"};
}

Result<std::string> check_store(const Bench& bench) {
  const auto address = "sqlite:" + path_in(bench.folder, "store.sqlite");
  const store::Actor actor{"system:selftest"};
  const auto put = [&](store::Store& store, const std::string& body, std::int64_t expected) {
    return store.write(actor, [&](store::Transaction& transaction) -> Result<void> {
      HANSE_CHECK(transaction.put("selftest", "one", body, {}, expected));
      return {};
    });
  };
  {
    HANSE_TRY(const auto store, store::open_store(address, bench.clock));
    HANSE_CHECK(put(*store, R"({"value":1})", 0));
    HANSE_CHECK(put(*store, R"({"value":2})", 1));
    if (put(*store, R"({"value":3})", 1)) return wrong("the store took a stale write");
  }
  HANSE_TRY(const auto store, store::open_store(address, bench.clock));
  HANSE_TRY(const auto kept, store->get("selftest", "one"));
  if (!kept || kept->body != R"({"value":2})") return wrong("the store lost a record at its closing");
  HANSE_TRY(const auto entries, store->verify_journal());
  if (entries != 2) return wrong("the journal has not the entries that were made");
  const auto& set = bench.settings.store.address;
  if (!set.empty()) HANSE_CHECK(store::open_store(set, bench.clock));
  return std::string{set.empty() ? "a record comes back and the journal is whole"
                                 : "a record comes back, the journal is whole, the database of the settings answers"};
}

Result<std::string> check_history(const Bench& bench) {
  const auto address = "sqlite:" + path_in(bench.folder, "history.sqlite");
  const auto begin = bench.clock.now();
  constexpr signal::SignalId kSignal{1};
  HANSE_TRY(const auto chunks, store::open_chunk_store(address));
  const auto open = [&] {
    return historian::open_historian(
        {.chunks = *chunks, .clock = bench.clock, .log = bench.log, .folder = path_in(bench.folder, "history")}, {});
  };
  {
    HANSE_TRY(const auto history, open());
    signal::SampleBatch batch;
    for (int i = 0; i < kSamples; ++i) batch.add_real(kSignal, begin + Duration{1s} * i, i * 0.25);
    HANSE_TRY(const auto counts, history->append(batch));
    if (counts.stored != kSamples) return wrong("the history didn't take all samples");
  }
  HANSE_TRY(const auto history, open());
  HANSE_TRY(const auto back, history->raw(kSignal, {begin, Timestamp::max()}, kSamples + 1));
  if (back.samples.size() != kSamples) {
    return wrong(fmt::format("the history gives back {} of {} samples", back.samples.size(), kSamples));
  }
  for (int i = 0; i < kSamples; ++i) {
    const auto& sample = back.samples[static_cast<std::size_t>(i)];
    if (sample.time != begin + Duration{1s} * i || sample.real() != i * 0.25)
      return wrong("the history changed a sample");
  }
  return fmt::format("{} samples come back after closing", kSamples);
}

Result<std::string> check_clock(const Bench& bench) {
  const auto now = bench.clock.now();
  if (now < kYoungest)
    return wrong(fmt::format("the clock says {}: set it, or let it be set over the network", to_string(now)));
  const auto path = path_in(bench.folder, "clock");
  HANSE_CHECK(write_file(path, "x"));
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return wrong("can't look at a file that was just written");
  const Timestamp written{facts.st_mtim.tv_sec * 1'000'000'000LL + facts.st_mtim.tv_nsec};
  const auto off = bench.clock.now() - written;
  if (off > kClockOffMax || off < -kClockOffMax) {
    return wrong(fmt::format("the disk's clock and this machine's differ by {} s", off.count() / 1'000'000'000));
  }
  return fmt::format("it is {} (UTC)", to_string(now));
}

Result<std::string> check_disk(const Bench& bench) {
  struct statvfs facts{};
  if (::statvfs(bench.folder.c_str(), &facts) != 0) return wrong("can't ask the disk for its free space");
  const double free_mb = static_cast<double>(facts.f_bavail) * static_cast<double>(facts.f_frsize) / 1e6;
  const double all_mb = static_cast<double>(facts.f_blocks) * static_cast<double>(facts.f_frsize) / 1e6;
  if (free_mb < kDiskFreeMbMin)
    return wrong(fmt::format("only {:.0f} MB are free; make room for at least {:.0f}", free_mb, kDiskFreeMbMin));
  return fmt::format("{:.0f} of {:.0f} MB are free", free_mb, all_mb);
}

Result<std::string> check_sync(const Bench& bench) {
  constexpr int kTries = 30;
  const auto path = path_in(bench.folder, "sync");
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return wrong("can't write a file");
  const std::string page(4096, 'x');
  std::vector<double> times;
  bool kept = true;
  for (int i = 0; i < kTries && kept; ++i) {
    times.push_back(bench.milliseconds_of([&] {
      kept = ::pwrite(file, page.data(), page.size(), i * 4096) == static_cast<ssize_t>(page.size()) &&
             ::fdatasync(file) == 0;
    }));
  }
  ::close(file);
  if (!kept) return wrong("the disk refuses to make a write durable");
  std::sort(times.begin(), times.end());
  const double median = times[kTries / 2];
  const auto figures = fmt::format("a durable write takes {:.2f} ms, {:.2f} at worst", median, times.back());
  if (median > kSyncMsMax) return wrong(figures + ": too slow for a plant's history");
  if (median < kSyncMsBelievable) return figures + "; so quick that the disk may not keep it when the power fails";
  return figures;
}

struct Check {
  std::string_view name;
  Result<std::string> (*run)(const Bench&);
};
constexpr std::array kChecks = {Check{"crypto", check_crypto}, Check{"tls", check_tls},
                                Check{"store", check_store},   Check{"history", check_history},
                                Check{"clock", check_clock},   Check{"disk", check_disk},
                                Check{"sync", check_sync}};

}  // namespace

std::vector<SelfTestLine> run_selftest(const Settings& settings, const Clock& clock, const Log& log) {
  std::error_code error;
  const bool fresh = fs::create_directories(settings.data_folder, error);
  const auto folder = path_in(settings.data_folder, "selftest-" + secure_random_hex(4));
  if (const auto made = make_empty_folder(folder); !made) return {{"data folder", false, made.error().message}};
  std::vector<SelfTestLine> lines;
  for (const auto& check : kChecks) {
    const auto found = check.run({settings, clock, log, folder});
    lines.push_back({std::string{check.name}, found.has_value(), found ? *found : to_string(found.error())});
  }
  fs::remove_all(folder, error);
  if (fresh) fs::remove(settings.data_folder, error);
  return lines;
}

Result<void> selftest(const Settings& settings, const Clock& clock, const Log& log,
                      const std::function<void(const std::string& line)>& print) {
  const auto lines = run_selftest(settings, clock, log);
  for (const auto& line : lines)
    print(fmt::format("{:<8}{:<12}{}", line.good ? "ok" : "FAILED", line.name, line.message));
  const auto failures = std::count_if(lines.begin(), lines.end(), [](const SelfTestLine& line) { return !line.good; });
  if (failures == 0) return {};
  return fail(ErrorCode::unavailable, fmt::format("{} of {} checks failed", failures, lines.size()));
}

}  // namespace hanse::node
