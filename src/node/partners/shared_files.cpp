#include "node/partners/shared_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace hanse::node {
namespace {

namespace fs = std::filesystem;
using api::Context;
using api::Method;
using api::Nothing;

constexpr std::size_t kFileMax = 256U << 20;
constexpr std::size_t kFilesMax = 10'000;

struct SharedFile {
  std::string name;
  std::int64_t bytes = 0;
};
HANSE_DESCRIBE(SharedFile, (name, bytes))
struct SharedFileList {
  std::vector<SharedFile> items;
};
HANSE_DESCRIBE(SharedFileList, (items))
struct AddFile {
  std::string name;
  api::RawBody body;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "name",
                                .summary = "Letters, digits, dots, hyphens and underscores.",
                                .length_max = 200,
                                .required = true}};
  }
};
HANSE_DESCRIBE(AddFile, (name, body))

bool is_file_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == '_';
  });
}

Result<SharedFileList> list(const std::string& folder) {
  SharedFileList out;
  std::error_code error;
  for (fs::directory_iterator it{folder, error}; !error && it != fs::directory_iterator{}; it.increment(error)) {
    if (!it->is_regular_file(error) || out.items.size() >= kFilesMax) continue;
    const auto name = it->path().filename().string();
    if (is_file_name(name)) out.items.push_back({name, static_cast<std::int64_t>(it->file_size(error))});
  }
  std::ranges::sort(out.items, {}, &SharedFile::name);
  return out;
}

Result<SharedFile> add(const std::string& folder, const AddFile& in) {
  if (!is_file_name(in.name))
    return fail(ErrorCode::invalid, "the file was not added",
                {{"name", "must hold letters, digits, dots, hyphens and underscores only, and not begin with a dot"}});
  std::error_code error;
  fs::create_directories(folder, error);
  const auto path = fs::path{folder} / in.name;
  // Never over one that may be offered: what a partner agreed to must not become something else.
  if (fs::exists(path, error))
    return fail(ErrorCode::conflict,
                fmt::format("there is a file '{}' already; give the new one another name", in.name));
  const auto partial = fs::path{folder} / ("." + in.name);
  {
    std::ofstream out{partial, std::ios::binary};
    out << in.body.text;
    out.flush();
    if (!out) return fail(ErrorCode::unavailable, fmt::format("the file can't be written into {}", folder));
  }
  fs::rename(partial, path, error);
  if (error) return fail(ErrorCode::unavailable, "the file can't be kept: " + error.message());
  return SharedFile{in.name, static_cast<std::int64_t>(in.body.text.size())};
}

}  // namespace

std::vector<api::Route> shared_file_routes(std::string folder) {
  std::vector<api::Route> out;
  out.push_back(api::route<Nothing, SharedFileList>(
      {Method::get, "/api/v1/dataspace/files", "Files that can be offered.", "dataspace.read"},
      [folder](const Nothing&, const Context&) { return list(folder); }));
  out.push_back(api::route<AddFile, SharedFile>(
      {Method::post, "/api/v1/dataspace/files", "Adds a file that can be offered; it never changes afterwards.",
       "dataspace.write", kFileMax},
      [folder](const AddFile& in, const Context&) { return add(folder, in); }));
  return out;
}

}  // namespace hanse::node
