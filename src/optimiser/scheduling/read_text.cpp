#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "optimiser/scheduling/read_instance.hpp"

namespace hanse::optimiser::scheduling {
namespace {

constexpr std::int64_t kMachinesMax = 100'000;
constexpr std::int64_t kAlternativesMax = 5'000'000;

struct Token {
  std::string_view text;
  std::size_t line = 0;
};

/// Words with their lines; `#` begins a comment.
class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) { advance(); }

  bool at_end() const { return next_.text.empty(); }
  const Token& peek() const { return next_; }
  std::size_t line() const { return at_end() ? line_ : next_.line; }
  Token take() {
    const Token token = next_;
    advance();
    return token;
  }
  /// What is left of the line of the last token taken.
  bool more_on_line(std::size_t line) const { return !at_end() && next_.line == line; }

 private:
  void advance() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (c == '#') {
        while (at_ < text_.size() && text_[at_] != '\n') ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '\f' || c == '\v') {
        ++at_;
      } else {
        break;
      }
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && !std::string_view{" \t\r\n,#\f\v"}.contains(text_[at_])) ++at_;
    next_ = {text_.substr(begin, at_ - begin), line_};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  Token next_;
};

Error wrong(std::size_t line, const std::string& message) {
  return fail(ErrorCode::invalid, fmt::format("line {}: {}", line, message));
}

struct Range {
  std::int64_t low;
  std::int64_t high;
};

/// A whole number in the range, named `what` in errors.
Result<std::int64_t> number(Tokens& tokens, std::string_view what, Range range) {
  if (tokens.at_end()) return wrong(tokens.line(), fmt::format("the file ends where {} should be", what));
  const Token token = tokens.take();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (error != std::errc{} || end != token.text.data() + token.text.size()) {
    return wrong(token.line, fmt::format("'{}' should be {}, a whole number", token.text.substr(0, 40), what));
  }
  if (value < range.low || value > range.high) {
    return wrong(token.line, fmt::format("{} is {}, but must be {} to {}", what, value, range.low, range.high));
  }
  return value;
}

struct Size {
  std::size_t jobs = 0;
  std::size_t machines = 0;
};

Result<Size> read_size(Tokens& tokens) {
  HANSE_TRY(const auto jobs, number(tokens, "the number of jobs", {1, static_cast<std::int64_t>(kOperationsMax)}));
  HANSE_TRY(const auto machines, number(tokens, "the number of machines", {1, kMachinesMax}));
  return Size{.jobs = static_cast<std::size_t>(jobs), .machines = static_cast<std::size_t>(machines)};
}

Problem empty_shop(const Size& size) {
  Problem problem;
  problem.machines.resize(size.machines);
  for (std::size_t m = 0; m < size.machines; ++m) problem.machines[m].name = fmt::format("M{}", m + 1);
  return problem;
}

Job& add_job(Problem& problem) {
  auto& job = problem.jobs.emplace_back();
  job.name = fmt::format("J{}", problem.jobs.size());
  return job;
}

Operation one_mode(std::int64_t machine, std::int64_t duration) {
  Operation operation;
  operation.modes.push_back(
      {.machine = MachineIndex{static_cast<std::uint32_t>(machine)}, .duration = static_cast<Seconds>(duration)});
  return operation;
}

/// An error of `validate` in a text file: no field's path would help there, so the first sentence stands for all.
Result<Problem> validated(Problem problem) {
  const auto valid = validate(problem);
  if (valid) return problem;
  const auto& error = valid.error();
  return fail(ErrorCode::invalid,
              error.fields.empty() ? error.message : error.fields[0].path + ": " + error.fields[0].message);
}

/// Taillard's layout, after its first line: `Times`, a matrix, `Machines`, a matrix.
Result<Problem> read_taillard(Tokens& tokens, const Size& size) {
  Problem problem = empty_shop(size);
  tokens.take();  // `Times`
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < size.jobs * size.machines; ++i) {
    HANSE_TRY(const auto duration, number(tokens, "a duration", {0, kHorizonMax}));
    times.push_back(duration);
  }
  if (tokens.at_end() || !std::string_view{"Mm"}.contains(tokens.peek().text[0])) {
    return wrong(tokens.line(),
                 fmt::format("the word Machines should follow {} x {} durations", size.jobs, size.machines));
  }
  tokens.take();
  for (std::size_t j = 0, i = 0; j < size.jobs; ++j) {
    auto& job = add_job(problem);
    for (std::size_t k = 0; k < size.machines; ++k, ++i) {
      HANSE_TRY(const auto machine, number(tokens, "a machine", {1, static_cast<std::int64_t>(size.machines)}));
      job.operations.push_back(one_mode(machine - 1, times[i]));
    }
  }
  if (!tokens.at_end()) return wrong(tokens.line(), fmt::format("there are more than {} jobs", size.jobs));
  return validated(std::move(problem));
}

bool reentrant(std::string_view text) {
  Tokens tokens{text};
  std::string_view before;
  while (!tokens.at_end()) {
    const auto token = tokens.take().text;
    if (before == "-1" && token == "-1") return true;
    before = token;
  }
  return false;
}

Result<void> read_line_job(Tokens& tokens, Problem& problem, const Size& size, bool until_marker) {
  auto& job = add_job(problem);
  for (std::size_t k = 0; until_marker || k < size.machines; ++k) {
    if (until_marker && tokens.peek().text == "-1") {
      tokens.take();
      HANSE_CHECK(number(tokens, "-1, which ends the job", {-1, -1}));
      return {};
    }
    if (k > kOperationsMax) return wrong(tokens.line(), "the job has too many operations");
    HANSE_TRY(const auto machine,
              number(tokens, fmt::format("the machine of operation {} of job {}", k + 1, problem.jobs.size()),
                     {0, static_cast<std::int64_t>(size.machines) - 1}));
    HANSE_TRY(const auto duration,
              number(tokens, fmt::format("the duration of operation {} of job {}", k + 1, problem.jobs.size()),
                     {0, kHorizonMax}));
    job.operations.push_back(one_mode(machine, duration));
  }
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && (text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
}

Result<void> read_setups(Tokens& tokens, Problem& problem) {
  tokens.take();  // `SETUP`
  HANSE_TRY(const auto families, number(tokens, "the number of families", {1, 10'000}));
  const auto count = static_cast<std::size_t>(families);
  auto& matrix = problem.setups.emplace_back();
  for (std::size_t row = 0; row < count; ++row) {
    auto& values = matrix.seconds.emplace_back();
    for (std::size_t column = 0; column < count; ++column) {
      HANSE_TRY(const auto seconds, number(tokens, "a set-up time", {0, kHorizonMax / 10}));
      values.push_back(static_cast<Seconds>(seconds));
    }
  }
  for (auto& machine : problem.machines) machine.setups = SetupIndex{0};
  for (auto& job : problem.jobs) {
    for (auto& operation : job.operations) {
      HANSE_TRY(const auto family, number(tokens, "an operation's family", {0, families - 1}));
      operation.family = FamilyIndex{static_cast<std::uint32_t>(family)};
    }
  }
  return {};
}

struct FlexibleState {
  std::int64_t smallest = std::numeric_limits<std::int64_t>::max();
  std::int64_t largest = -1;
  std::size_t largest_line = 0;
  std::int64_t alternatives = 0;
};

Result<Operation> read_flexible_operation(Tokens& tokens, const Size& size, FlexibleState& state) {
  HANSE_TRY(const auto count,
            number(tokens, "the number of alternatives", {1, static_cast<std::int64_t>(size.machines)}));
  state.alternatives += count;
  if (state.alternatives > kAlternativesMax) return wrong(tokens.line(), "the file has too many alternatives");
  Operation operation;
  for (std::int64_t a = 0; a < count; ++a) {
    const std::size_t line = tokens.line();
    HANSE_TRY(const auto machine, number(tokens, "a machine", {0, static_cast<std::int64_t>(size.machines)}));
    HANSE_TRY(const auto duration, number(tokens, "a duration", {0, kHorizonMax}));
    state.smallest = std::min(state.smallest, machine);
    if (machine > state.largest) {
      state.largest = machine;
      state.largest_line = line;
    }
    operation.modes.push_back(
        {.machine = MachineIndex{static_cast<std::uint32_t>(machine)}, .duration = static_cast<Seconds>(duration)});
  }
  return operation;
}

}  // namespace

Result<Problem> read_job_shop(std::string_view text) {
  Tokens tokens{text};
  const std::size_t header = tokens.line();
  HANSE_TRY(const auto size, read_size(tokens));
  for (int extra = 0; tokens.more_on_line(header) && is_number(tokens.peek().text) && extra < 4; ++extra) tokens.take();
  if (size.jobs > kOperationsMax / size.machines)
    return wrong(header, fmt::format("over {} operations", kOperationsMax));
  if (!tokens.at_end() && std::string_view{"Tt"}.contains(tokens.peek().text[0])) return read_taillard(tokens, size);
  Problem problem = empty_shop(size);
  const bool until_marker = reentrant(text);
  for (std::size_t j = 0; j < size.jobs; ++j) HANSE_CHECK(read_line_job(tokens, problem, size, until_marker));
  if (!tokens.at_end())
    return wrong(tokens.line(), fmt::format("there are more than {} jobs of {} operations", size.jobs, size.machines));
  return validated(std::move(problem));
}

Result<Problem> read_flexible_job_shop(std::string_view text) {
  Tokens tokens{text};
  const std::size_t header = tokens.line();
  HANSE_TRY(const auto size, read_size(tokens));
  if (tokens.more_on_line(header)) tokens.take();  // The mean flexibility: follows from the rest.
  Problem problem = empty_shop(size);
  FlexibleState state;
  for (std::size_t j = 0; j < size.jobs; ++j) {
    const std::size_t line = tokens.line();
    HANSE_TRY(const auto operations,
              number(tokens, fmt::format("the number of operations of job {}", j + 1), {0, 1'000'000}));
    auto& job = add_job(problem);
    for (std::int64_t k = 0; k < operations; ++k) {
      if (tokens.at_end())
        return wrong(line,
                     fmt::format("job {} says it has {} operations, but the file ends after {}", j + 1, operations, k));
      HANSE_TRY(auto operation, read_flexible_operation(tokens, size, state));
      job.operations.push_back(std::move(operation));
    }
  }
  const bool from_zero = state.smallest == 0;
  if (from_zero && state.largest == static_cast<std::int64_t>(size.machines)) {
    return wrong(state.largest_line, fmt::format("machine {} doesn't exist: the file counts from 0 and has {}",
                                                 state.largest, size.machines));
  }
  if (!from_zero) {
    for (auto& job : problem.jobs) {
      for (auto& operation : job.operations) {
        for (auto& mode : operation.modes)
          mode.machine = MachineIndex{static_cast<std::uint32_t>(position(mode.machine) - 1)};
      }
    }
  }
  if (!tokens.at_end() && tokens.peek().text == "SETUP") HANSE_CHECK(read_setups(tokens, problem));
  if (!tokens.at_end()) return wrong(tokens.line(), fmt::format("there is more after the last of {} jobs", size.jobs));
  return validated(std::move(problem));
}

Result<Problem> read_problem_json(std::string_view text) {
  HANSE_TRY(auto problem, from_json<Problem>(text));
  HANSE_CHECK(validate(problem));
  return problem;
}

Result<Problem> read_instance(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return fail(ErrorCode::invalid, "line 1: the file is empty");
  if (text[first] == '{') return read_problem_json(text);
  // A job-shop file has 2 * n * m numbers after its header and a flexible one hardly ever; so try the stricter first.
  auto job_shop = read_job_shop(text);
  if (job_shop) return job_shop;
  auto flexible = read_flexible_job_shop(text);
  if (flexible) return flexible;
  Tokens tokens{text};
  const std::size_t header = tokens.line();
  std::size_t in_header = 0;
  while (tokens.more_on_line(header)) {
    tokens.take();
    ++in_header;
  }
  // The rows' lengths tell which of the two it was meant to be: 2 m numbers, or one more than pairs and counts.
  std::size_t in_row = 0;
  const std::size_t row = tokens.line();
  while (tokens.more_on_line(row)) {
    tokens.take();
    ++in_row;
  }
  return in_header == 2 && in_row % 2 == 0 ? std::move(job_shop) : std::move(flexible);
}

}  // namespace hanse::optimiser::scheduling
