#pragma once

#include <array>
#include <string>

#include "apps/scheduling/settings.hpp"
#include "base/describe.hpp"
#include "base/log.hpp"
#include "base/settings.hpp"
#include "historian/engine.hpp"
#include "node/access/session_book.hpp"
#include "node/opcua/opcua_settings.hpp"
#include "node/partners/partners_settings.hpp"
#include "twin/service/twin_settings.hpp"

namespace hanse::node {

enum class TlsMode { off, self_signed, files };
HANSE_DESCRIBE_ENUM(TlsMode, off, self_signed, files)

/// Where the page and the interface are served.
struct ServerSettings {
  std::string address = "127.0.0.1";
  std::int64_t port = 8080;
  TlsMode tls = TlsMode::off;
  std::string certificate_file;
  std::string key_file;
  std::int64_t connections_max = 1000;
  std::int64_t work_threads = 4;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "address", .summary = "Address to listen on; anything but localhost should come with tls."},
        FieldNote{.field = "port",
                  .summary = "TCP port of the page and the interface; 0 takes a free one.",
                  .min = 0,
                  .max = 65535},
        FieldNote{.field = "tls", .summary = "off, self_signed (made at first start) or files."},
        FieldNote{.field = "certificate_file", .summary = "PEM file with the certificate chain, for tls = files."},
        FieldNote{.field = "key_file", .summary = "PEM file with the private key, for tls = files."},
        FieldNote{.field = "connections_max",
                  .summary = "Connections served at once; more are refused.",
                  .min = 1,
                  .max = 100000},
        FieldNote{.field = "work_threads", .summary = "Threads for requests, queries and apps.", .min = 1, .max = 256}};
  }
};
HANSE_DESCRIBE(ServerSettings, (address, port, tls, certificate_file, key_file, connections_max, work_threads))

struct StoreSettings {
  std::string address;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "address",
                                .summary = "sqlite:PATH or postgresql://...; empty for a file in the data folder.",
                                .secret = true}};
  }
};
HANSE_DESCRIBE(StoreSettings, (address))

struct LogSettings {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  static constexpr auto notes() {
    return std::array{FieldNote{.field = "level", .summary = "debug, info, warning or error."},
                      FieldNote{.field = "format", .summary = "text for people, json for collectors."}};
  }
};
HANSE_DESCRIBE(LogSettings, (level, format))

/// Everything a person can set, in one file; see docs/operating/settings.md, which is made from this.
struct Settings {
  std::string data_folder = "data";
  std::string time_zone = "Europe/Berlin";
  ServerSettings server;
  StoreSettings store;
  historian::HistorianSettings historian;
  AccessSettings access;
  PartnersSettings partners;
  OpcuaServerSettings opcua_server;
  apps::scheduling::SchedulingSettings scheduling;
  twin::TwinSettings twin;
  LogSettings log;
  static constexpr auto notes() {
    return std::array{
        FieldNote{.field = "data_folder", .summary = "Folder that holds all this node keeps.", .required = false},
        FieldNote{.field = "time_zone",
                  .summary = "The plant's time zone, as in Europe/Berlin: shifts and pages use it."}};
  }
};
HANSE_DESCRIBE(Settings, (data_folder, time_zone, server, store, historian, access, partners, opcua_server, scheduling,
                          twin, log))

}  // namespace hanse::node
