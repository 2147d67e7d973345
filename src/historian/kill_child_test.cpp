// What tests/crash/historian_kill.py starts, kills and starts again: says what it is about to append, what was
// acknowledged and, first of all, what the history holds.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/random.hpp"
#include "historian/engine.hpp"
#include "historian/internal/engine_under_test.hpp"

namespace hanse::historian {
namespace {

constexpr std::uint32_t kWriters = 4;
constexpr std::int64_t kStepNs = 1'000'000;

/// One line in one write, so that a kill leaves whole lines.
void say(const char* word, std::uint32_t signal, std::int64_t number, std::int64_t wrong = 0) {
  const auto line = fmt::format("{} {} {} {}\n", word, signal, number, wrong);
  EXPECT_EQ(::write(STDOUT_FILENO, line.data(), line.size()), static_cast<ssize_t>(line.size()));
}

/// Sample `n` of a signal has value n at n ms. How many there are, and how many are not what they should be.
std::pair<std::int64_t, std::int64_t> held(Engine& engine, SignalId signal) {
  std::int64_t count = 0, wrong = 0;
  for (Timestamp from = Timestamp::min();;) {
    const auto page = engine.raw(signal, {from, Timestamp::max()}, 100'000).value();
    for (const auto& sample : page.samples) {
      wrong += sample.time.ns == count * kStepNs && sample.integer() == count ? 0 : 1;
      ++count;
    }
    if (page.samples.size() < 100'000) return {count, wrong};
    from.ns = page.samples.back().time.ns + 1;
  }
}

void write_for_ever(Engine& engine, std::uint32_t signal, std::int64_t next) {
  Random random{static_cast<std::uint64_t>(next) + signal};
  for (;;) {
    std::vector<std::int64_t> numbers(static_cast<std::size_t>(random.integer(1, 500)));
    for (auto& number : numbers) number = next++;
    std::shuffle(numbers.begin(), numbers.end(), random);
    SampleBatch batch;
    for (const auto number : numbers) batch.add_integer(SignalId{signal}, Timestamp{number * kStepNs}, number);
    say("try", signal, next);
    if (!engine.append(batch)) return;
    say("ack", signal, next);
  }
}

TEST(KillChild, AppendsUntilItIsKilled) {
  const char* folder = secure_getenv("HANSE_KILL_FOLDER");
  if (folder == nullptr) GTEST_SKIP() << "only tests/crash/historian_kill.py runs it";
  const SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  const auto chunks = store::open_chunk_store("sqlite:" + std::string{folder} + "/history.db").value();
  // Little memory and a short record, so that sealing, merging and cutting happen all the time.
  const auto engine =
      open_historian({.chunks = *chunks, .clock = clock, .log = log, .folder = std::string{folder} + "/record"},
                     {.memory_samples_max = 20'000, .log_mb_max = 1, .raw_days = 0})
          .value();
  std::vector<std::int64_t> next;
  for (std::uint32_t signal = 1; signal <= kWriters; ++signal) {
    const auto [count, wrong] = held(*engine, SignalId{signal});
    say("has", signal, count, wrong);
    next.push_back(count);
  }
  const auto figures = engine->figures();
  say("damage", 0, figures.damaged_chunks + figures.damaged_log_bytes);
  std::vector<std::jthread> writers;
  for (std::uint32_t signal = 1; signal <= kWriters; ++signal) {
    writers.emplace_back([&engine, signal, from = next[signal - 1]] { write_for_ever(*engine, signal, from); });
  }
}

}  // namespace
}  // namespace hanse::historian
