#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "twin/check/check.hpp"
#include "twin/codec/xml_codec.hpp"

// Judges a public corpus of labelled files: `aas_corpus 3.1 FOLDER` with the folder test_data of aas-core3.1-typescript
// (each file one object of the class named by its folder), `aas_corpus 3.0 FOLDER` with that of aas-core3.0-testgen
// (each file one environment). Every file must get its label, and what is valid must survive JSON and XML. They are not
// in this repository; tests/conformance/aas takes their folders from the environment.

namespace hanse::twin {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

struct Verdict {
  std::optional<Node> node;
  Findings findings;
  bool valid() const { return node && findings.errors() == 0; }
};

Verdict read(const std::string& text, bool xml, Class of, Edition edition) {
  Verdict out;
  const Reading reading{.edition = edition};
  out.node =
      xml ? read_xml(text, of, reading, out.findings) : read_json(std::string_view{text}, of, reading, out.findings);
  if (out.node) check(*out.node, edition, out.findings);
  return out;
}

struct Tally {
  int files = 0;
  int valid = 0;
  std::vector<std::string> wrong;
};

/// The class that the path names, the last of its parts that is one.
std::optional<Class> class_in(const fs::path& path) {
  std::optional<Class> found;
  for (const auto& part : path) {
    auto of = class_by_name(part.string());
    if (!of) of = class_by_xml_name(part.string());
    if (of && !info(*of).abstract) found = of;
  }
  return found;
}

void judge(const fs::path& file, Class of, Edition edition, bool expected, Tally& tally) {
  const bool xml = file.extension() == ".xml";
  const auto text = read_file(file);
  const auto verdict = read(text, xml, of, edition);
  ++tally.files;
  tally.valid += expected;
  if (verdict.valid() != expected) {
    const auto& items = verdict.findings.items();
    tally.wrong.push_back(file.string() + ": " +
                          (items.empty() ? "nothing found" : items.front().path + ": " + items.front().message));
    return;
  }
  if (!expected) return;
  // What is valid survives both formats, byte by byte after the first writing.
  const auto json = write_json(*verdict.node);
  const auto again = read(json, false, of, edition);
  if (!again.valid() || *again.node != *verdict.node || write_json(*again.node) != json)
    tally.wrong.push_back(file.string() + ": differs after JSON");
  const auto written = write_xml(*verdict.node);
  const auto from_xml = read(written, true, of, edition);
  if (!from_xml.valid() || *from_xml.node != *verdict.node)
    tally.wrong.push_back(file.string() + ": differs after XML");
}

/// Every file below `folder`; a file is right when its path has a part `Expected`.
Tally judge_all(const fs::path& folder, Edition edition, std::optional<Class> of) {
  Tally tally;
  for (const auto& entry : fs::recursive_directory_iterator{folder}) {
    if (!entry.is_regular_file()) continue;
    const auto relative = fs::relative(entry.path(), folder).string();
    const auto wanted = of ? of : class_in(entry.path().parent_path());
    if (!wanted || (entry.path().extension() != ".json" && entry.path().extension() != ".xml")) continue;
    judge(entry.path(), *wanted, edition, relative.starts_with("Expected"), tally);
  }
  return tally;
}

void tell(const Tally& tally, std::string_view what) {
  std::printf("CORPUS %s files %d valid %d wrong %zu\n", std::string{what}.c_str(), tally.files, tally.valid,
              tally.wrong.size());
  for (std::size_t i = 0; i < tally.wrong.size() && i < 40; ++i) std::printf("  %s\n", tally.wrong[i].c_str());
}

/// True when every file got its label.
bool judge_folder(const fs::path& folder, Edition edition, std::string_view what) {
  const bool whole = edition == Edition::v3_0;
  bool right = true;
  for (const auto format : {"Json", "Xml"}) {
    const auto below = folder / format / (whole ? "ContainedInEnvironment" : "");
    if (!fs::is_directory(below)) {
      std::printf("there is no folder %s\n", below.c_str());
      return false;
    }
    const auto tally = judge_all(below, edition, whole ? std::optional{Class::Environment} : std::nullopt);
    tell(tally, std::string{what} + ' ' + format);
    right = right && tally.files > 0 && tally.wrong.empty();
  }
  return right;
}

}  // namespace
}  // namespace hanse::twin

int main(int count, char** arguments) {
  using hanse::twin::Edition;
  const std::string_view edition = count == 3 ? arguments[1] : "";
  if (edition != "3.0" && edition != "3.1") {
    std::puts("say: aas_corpus 3.0|3.1 FOLDER");
    return 2;
  }
  return hanse::twin::judge_folder(arguments[2], edition == "3.0" ? Edition::v3_0 : Edition::v3_1, edition) ? 0 : 1;
}
