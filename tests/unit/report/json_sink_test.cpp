// Each record byte for byte, because readers and diffs rely on the order of its fields.
#include "report/json_sink.hpp"

#include <array>
#include <sstream>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace deadair;
using namespace deadair::report;
using namespace deadair::report::test;

namespace {

std::string render(const Flow& flow) {
  const Names names;
  Recorded file;
  JsonSink sink(names, file.output());
  sink.flow(flow);
  sink.finish({});
  return file.text();
}

std::string render(const Capture& capture) {
  const Names names;
  Recorded file;
  JsonSink sink(names, file.output());
  sink.capture(capture);
  sink.finish({});
  return file.text();
}

std::string render(const Call& call) {
  const Names names;
  Recorded file;
  JsonSink sink(names, file.output());
  sink.call(call);
  sink.finish({});
  return file.text();
}

}  // namespace

TEST_CASE("a flow without anything special has no empty fields") {
  CHECK(
      render(plain_flow()) ==
      R"({"type":"flow","schema":1,"file":"a.pcap","flow":"1:LQU9qZlK+B5F3KDmev6m5PMibrg=",)"
      R"("ts_first":"2017-05-12T08:10:31.123456Z","ts_last":"2017-05-12T08:10:31.123456Z",)"
      R"("frame_first":7,"frame_last":7,"proto":"udp","client_ip":"10.0.0.5","client_port":40000,)"
      R"("server_ip":"198.51.100.2","server_port":53,"packets_up":1,"packets_down":0,"bytes_up":60,)"
      R"("bytes_down":0,"app":"unknown","service":"other"})"
      "\n");
}

TEST_CASE("a flow with everything has its fields in the documented order") {
  const std::array<Signal, 2> signals = {
      {{"WA.RELAY.ALLOCATE", {0, 12}}, {"WA.MEDIA.RTP", {1, 17}}}};
  const std::array<RtpStream, 1> rtp = {{{0x99ab12cd, true, 120, media::kVoice, 9, 1, 4.25, 32}}};
  Flow flow = known_flow("whatsapp", Service::call, 200);
  flow.proto = 6;
  flow.frame_last = {1, 3};
  flow.media = media::kVoice | media::kVideo;
  flow.confidence = Confidence::certain;
  flow.signals = signals;
  flow.rules = "whatsapp 1.0";
  flow.host = "g.whatsapp.net";
  flow.ech = true;
  flow.ndpi = "STUN.WhatsAppCall";
  flow.tcp_state = "closed";
  flow.rtt_ms = 41.26;
  flow.retransmitted_up = 3;
  flow.retransmitted_down = 4;
  flow.missed_bytes = 1460;
  flow.rtp = rtp;
  const std::string line = render(flow);
  const std::string expected =
      R"("bytes_up":60,"bytes_down":200,"app":"whatsapp","service":"call","media":["voice","video"],)"
      R"("confidence":"certain","signals":[{"id":"WA.RELAY.ALLOCATE","frame":12},)"
      R"({"id":"WA.MEDIA.RTP","frame":{"file":"b.pcap","frame":17}}],"rules":"whatsapp 1.0",)"
      R"("host":"g.whatsapp.net","ech":true,"ndpi":"STUN.WhatsAppCall","tcp_state":"closed",)"
      R"("rtt_ms":41.3,"retransmitted_up":3,"retransmitted_down":4,"missed_bytes":1460,)"
      R"("rtp":[{"ssrc":2578125517,"dir":"up","pt":120,"media":["voice"],"packets":9,"lost":1,)"
      R"("jitter_ms":4.3,"kbps":32.0}]})"
      "\n";
  CHECK(line.substr(line.find("\"bytes_up\"")) == expected);
  CHECK(line.find(R"("frame_first":7,"frame_last":{"file":"b.pcap","frame":3},)") !=
        std::string::npos);
}

TEST_CASE("a protocol without ports leaves them out, one without a name is a number") {
  Flow flow = plain_flow();
  flow.has_ports = false;
  flow.proto = 58;
  CHECK(nlohmann::json::parse(render(flow))["proto"] == "ipv6-icmp");
  CHECK_FALSE(nlohmann::json::parse(render(flow)).contains("client_port"));
  CHECK_FALSE(nlohmann::json::parse(render(flow)).contains("server_port"));
  flow.proto = 200;
  CHECK(nlohmann::json::parse(render(flow))["proto"] == "200");
}

TEST_CASE("a signal that no single packet showed has no frame") {
  const std::array<Signal, 1> signals = {{{"WA.BOUND", {}}}};
  Flow flow = known_flow("whatsapp", Service::call, 1);
  flow.signals = signals;
  CHECK(nlohmann::json::parse(render(flow))["signals"].dump() == R"([{"id":"WA.BOUND"}])");
}

TEST_CASE("a call of which little is known has no empty fields") {
  CHECK(render(plain_call(3, "whatsapp")) ==
        R"({"type":"call","schema":1,"file":"a.pcap","call":3,"app":"whatsapp",)"
        R"("client_ip":"192.168.1.20","client_port":51518,)"
        R"("ts_start":"2017-05-12T20:16:40.000000Z","ts_end":"2017-05-12T20:16:55.000000Z",)"
        R"("frame_start":12,"outcome":"not_observable"})"
        "\n");
  Call call = plain_call(3, "whatsapp");
  call.client_port = 0;
  CHECK_FALSE(nlohmann::json::parse(render(call)).contains("client_port"));
}

TEST_CASE("a call with everything has its fields in the documented order and digits") {
  const std::array relays = {kRelay, kSilentRelay};
  const std::array peers = {kPeer};
  const std::array<std::string_view, 2> flows = {"1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
                                                 "1:P3EtSBbR65CnGhsjyjjvfEfUS3g="};
  Call call = good_call(1, "facebook");
  call.frame_start = {1, 7};
  call.media = media::kVoice | media::kVideo;
  call.relays = relays;
  call.peers = peers;
  call.flows = flows;
  call.setup_ns = 7'999'960'000;
  call.reason = "for people only";
  call.chat_flows = 1;
  CHECK(render(call) ==
        R"({"type":"call","schema":1,"file":"b.pcap","call":1,"app":"facebook",)"
        R"("client_ip":"192.168.1.20","client_port":51518,)"
        R"("ts_start":"2017-05-12T20:16:40.000000Z","ts_media":"2017-05-12T20:16:48.000000Z",)"
        R"("ts_end":"2017-05-12T20:19:52.000000Z","frame_start":7,"media":["voice","video"],)"
        R"("outcome":"connected",)"
        R"("relays":[{"ip":"31.13.86.48","port":3478,"requests":7,"responses":7},)"
        R"({"ip":"31.13.86.49","port":3478,"requests":7,"responses":0}],)"
        R"("peers":[{"ip":"198.51.100.65","port":9344,"requests":5,"responses":4}],)"
        R"("flows":["1:LQU9qZlK+B5F3KDmev6m5PMibrg=","1:P3EtSBbR65CnGhsjyjjvfEfUS3g="],)"
        R"("setup_ms":8000.0,"talk_ms":184000.0,"loss_up":0.0021,"loss_down":0.1250,)"
        R"("jitter_ms_up":3.3,"jitter_ms_down":12.0,"mos_up":4.25,"mos_down":2.88})"
        "\n");
}

TEST_CASE("a capture record") {
  Capture capture;
  capture.input = 1;
  capture.link_types = {"EN10MB", "LINUX_SLL2"};
  capture.packets = 12;
  capture.bytes = 3456;
  capture.span_ns = {kStart, kStart + 1};
  capture.undecoded = {{"not_ip", 3}, {"truncated", 1}};
  capture.truncated = true;
  capture.problem = "for people only";
  capture.missed_bytes = 5;
  capture.kernel_drops = 0;
  capture.evicted_flows = 2;
  CHECK(render(capture) ==
        R"({"type":"capture","schema":1,"file":"b.pcap","link_types":["EN10MB","LINUX_SLL2"],)"
        R"("packets":12,"bytes":3456,"ts_first":"2017-05-12T08:10:31.123456Z",)"
        R"("ts_last":"2017-05-12T08:10:31.123456001Z","undecoded":{"not_ip":3,"truncated":1},)"
        R"("truncated":true,"missed_bytes":5,"kernel_drops":0,"evicted_flows":2})"
        "\n");
  CHECK(render(Capture{}) ==
        R"({"type":"capture","schema":1,"file":"a.pcap","packets":0,"bytes":0,"truncated":false,)"
        R"("missed_bytes":0,"evicted_flows":0})"
        "\n");
}

TEST_CASE("many records cross block borders unharmed, and flush() shows what there is") {
  constexpr std::uint64_t kRecords = 5000;
  const Names names;
  Recorded file;
  JsonSink sink(names, file.output());
  for (std::uint64_t i = 1; i <= kRecords; ++i) {
    Flow flow = plain_flow();
    flow.packets_up = i;
    sink.flow(flow);
  }
  sink.flush();
  std::istringstream lines(file.text());
  std::uint64_t expected = 0;
  for (std::string line; std::getline(lines, line);) {
    REQUIRE(nlohmann::json::parse(line)["packets_up"] == ++expected);
  }
  CHECK(expected == kRecords);
}

TEST_CASE("NDJSON is complete, so that the pipeline makes every field") {
  const Names names;
  Recorded file;
  CHECK(JsonSink(names, file.output()).complete());
}
