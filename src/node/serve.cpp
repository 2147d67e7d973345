#include "node/serve.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "node/node.hpp"
#include "node/partners/demo_company.hpp"
#include "node/version.hpp"

namespace hanse::node {
namespace {

/// A folder that goes with this object.
class ThrowawayFolder {
 public:
  ThrowawayFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hanse-XXXXXX").string();
    if (::mkdtemp(name.data())) path_ = name;
  }
  ~ThrowawayFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  ThrowawayFolder(const ThrowawayFolder&) = delete;
  ThrowawayFolder& operator=(const ThrowawayFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::string> own_program() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return fail(ErrorCode::unavailable, "can't find this program's own file: " + error.message());
  return path.string();
}

/// The link goes to the console and never to the log: whoever has it becomes the administrator.
void greet(const std::string& address, const std::optional<std::string>& setup_code, bool demo) {
  fmt::print("hanse {} ready at {}\n", version(), address);
  if (demo)
    fmt::print("A simulated plant is connected: three lines that speak Sparkplug B, MTConnect and Modbus TCP.\n");
  if (setup_code)
    fmt::print("Make the first administrator (this link works once): {}/setup?code={}\n", address, *setup_code);
  std::fflush(stdout);
}

/// The demo's company beside the node; the supplier's process is started here, by the thread that lives longest, as it
/// ends with that.
Result<std::unique_ptr<DemoCompany>> begin_company(Node& node, const Settings& settings, const Log& log,
                                                   const ServeOptions& options) {
  DemoCompanyParts parts{.partners = node.partners(),
                         .log = log,
                         .role = options.partner_of.empty() ? DemoRole::maker : DemoRole::supplier,
                         .shared_folder = node.shared_folder(),
                         .other_address = options.partner_of};
  if (parts.role == DemoRole::maker) {
    HANSE_TRY(const auto program, own_program());
    const auto command = demo_supplier_command({.program = program,
                                                .data_folder = settings.data_folder,
                                                .maker_address = node.partners().connector().settings().address,
                                                .page_port = settings.server.port,
                                                .partners_port = settings.partners.port});
    HANSE_TRY(parts.supplier, simulate::ChildProcess::start(command, simulate::ChildProcess::Output::read));
  }
  return std::make_unique<DemoCompany>(std::move(parts));
}

/// For the process that started this one.
void tell_facts(Node& node, const std::string& address, const std::optional<std::string>& setup_code) {
  const DemoFacts facts{.page = address,
                        .setup = setup_code ? fmt::format("{}/setup?code={}", address, *setup_code) : std::string{},
                        .address = node.partners().connector().settings().address};
  fmt::print("{}\n", to_json(facts));
  std::fflush(stdout);
}

}  // namespace

Result<void> serve(const Settings& settings, const ServeOptions& options) {
  SystemClock clock;
  const Log log{clock, settings.log.level, settings.log.format};
  NodeOptions parts{.settings_file = options.settings_file};
  parts.free_page_port = !options.partner_of.empty();
  parts.demo_programme = options.with_programme;
  if (options.demo) {
    HANSE_TRY(const auto program, own_program());
    HANSE_TRY(parts.demo, simulate::DemoPlant::start(program, *options.demo));
    parts.demo_prefix = demo_prefix(options.partner_of.empty() ? DemoRole::maker : DemoRole::supplier);
  }
  HANSE_TRY(const auto node, Node::open(settings, clock, log, std::move(parts)));
  HANSE_TRY(const auto address, node->start());
  HANSE_TRY(const auto code, node->setup_code());
  if (options.partner_of.empty()) {
    greet(address, code, options.demo.has_value());
  } else {
    tell_facts(*node, address, code);
  }
  std::unique_ptr<DemoCompany> company;
  if (options.with_partner || !options.partner_of.empty()) {
    HANSE_TRY(company, begin_company(*node, settings, log, options));
  }
  node->run();
  return {};
}

Result<std::string> describe_interface() {
  const ThrowawayFolder folder;
  if (folder.path().empty()) return fail(ErrorCode::unavailable, "can't make a folder for temporary files");
  Settings settings;
  settings.data_folder = folder.path();
  SystemClock clock;
  const Log log{clock, LogLevel::error, LogFormat::text};
  HANSE_TRY(const auto node, Node::open(settings, clock, log, {}));
  return node->openapi();
}

}  // namespace hanse::node
