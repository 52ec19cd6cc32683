"""Every operation of the client: its name, its method and path, and the APIs that have it.

This table is what the tests hold the client to; the specification, where it is there, is what they hold
this table to.
"""

from __future__ import annotations

from functools import partial

from tests.api.contract import rows
from tests.api.helpers import AsyncWire, Wire
from webhook_verify.api.svix import AsyncSvix, Svix

__all__ = ["ASYNC_WIRE", "OPERATIONS", "WIRE"]

_TABLE = """
application.list                           GET    app                                                1.4 now
application.create                         POST   app                                                1.4 now
application.get                            GET    app/{app_id}                                       1.4 now
application.upsert                         PUT    app/{app_id}                                       1.4 now
application.patch                          PATCH  app/{app_id}                                       now
application.delete                         DELETE app/{app_id}                                       1.4 now
authentication.app_portal_access           POST   auth/app-portal-access/{app_id}                    1.4 now
authentication.expire_all                  POST   auth/app/{app_id}/expire-all                       1.4 now
authentication.dashboard_access            POST   auth/dashboard-access/{app_id}                     1.4
authentication.logout                      POST   auth/logout                                        1.4 now
background_task.list                       GET    background-task                                    1.4 now
background_task.get                        GET    background-task/{task_id}                          1.4 now
endpoint.list                              GET    app/{app_id}/endpoint                              1.4 now
endpoint.create                            POST   app/{app_id}/endpoint                              1.4 now
endpoint.get                               GET    app/{app_id}/endpoint/{endpoint_id}                1.4 now
endpoint.upsert                            PUT    app/{app_id}/endpoint/{endpoint_id}                1.4 now
endpoint.patch                             PATCH  app/{app_id}/endpoint/{endpoint_id}                now
endpoint.delete                            DELETE app/{app_id}/endpoint/{endpoint_id}                1.4 now
endpoint.get_secret                        GET    app/{app_id}/endpoint/{endpoint_id}/secret         1.4 now
endpoint.rotate_secret                     POST   app/{app_id}/endpoint/{endpoint_id}/secret/rotate  1.4 now
endpoint.get_headers                       GET    app/{app_id}/endpoint/{endpoint_id}/headers        1.4 now
endpoint.set_headers                       PUT    app/{app_id}/endpoint/{endpoint_id}/headers        1.4 now
endpoint.patch_headers                     PATCH  app/{app_id}/endpoint/{endpoint_id}/headers        1.4 now
endpoint.get_stats                         GET    app/{app_id}/endpoint/{endpoint_id}/stats          1.4 now
endpoint.recover                           POST   app/{app_id}/endpoint/{endpoint_id}/recover        1.4 now
endpoint.replay_missing                    POST   app/{app_id}/endpoint/{endpoint_id}/replay-missing 1.4 now
endpoint.bulk_replay                       POST   app/{app_id}/endpoint/{endpoint_id}/bulk-replay    now
endpoint.send_example                      POST   app/{app_id}/endpoint/{endpoint_id}/send-example   1.4 now
endpoint.transformation.get                GET    app/{app_id}/endpoint/{endpoint_id}/transformation 1.4 now
endpoint.transformation.patch              PATCH  app/{app_id}/endpoint/{endpoint_id}/transformation 1.4 now
environment.export                         POST   environment/export                                 now
environment.import_                        POST   environment/import                                 now
event_type.list                            GET    event-type                                         1.4 now
event_type.create                          POST   event-type                                         1.4 now
event_type.get                             GET    event-type/{event_type_name}                       1.4 now
event_type.upsert                          PUT    event-type/{event_type_name}                       1.4 now
event_type.patch                           PATCH  event-type/{event_type_name}                       now
event_type.delete                          DELETE event-type/{event_type_name}                       1.4 now
event_type.import_openapi                  POST   event-type/import/openapi                          now
health.get                                 GET    health                                             1.4 now
integration.list                           GET    app/{app_id}/integration                           1.4 now
integration.create                         POST   app/{app_id}/integration                           1.4 now
integration.get                            GET    app/{app_id}/integration/{integ_id}                1.4 now
integration.update                         PUT    app/{app_id}/integration/{integ_id}                1.4 now
integration.delete                         DELETE app/{app_id}/integration/{integ_id}                1.4 now
integration.get_key                        GET    app/{app_id}/integration/{integ_id}/key            1.4
integration.rotate_key                     POST   app/{app_id}/integration/{integ_id}/key/rotate     1.4 now
message.list                               GET    app/{app_id}/msg                                   1.4 now
message.create                             POST   app/{app_id}/msg                                   1.4 now
message.precheck                           POST   app/{app_id}/msg/precheck/active                   now
message.get                                GET    app/{app_id}/msg/{msg_id}                          1.4 now
message.expunge_content                    DELETE app/{app_id}/msg/{msg_id}/content                  1.4 now
message.expunge_all_contents               POST   app/{app_id}/msg/expunge-all-contents              now
message_attempt.list                       GET    app/{app_id}/msg/{msg_id}/attempt                  1.4
message_attempt.list_by_endpoint           GET    app/{app_id}/attempt/endpoint/{endpoint_id}        1.4 now
message_attempt.list_by_msg                GET    app/{app_id}/attempt/msg/{msg_id}                  1.4 now
message_attempt.list_attempted_messages    GET    app/{app_id}/endpoint/{endpoint_id}/msg            1.4 now
message_attempt.list_attempted_destinations GET    app/{app_id}/msg/{msg_id}/endpoint                 1.4 now
message_attempt.list_attempts_for_endpoint GET    app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/attempt 1.4
message_attempt.get                        GET    app/{app_id}/msg/{msg_id}/attempt/{attempt_id}     1.4 now
message_attempt.expunge_content DELETE app/{app_id}/msg/{msg_id}/attempt/{attempt_id}/content 1.4 now
message_attempt.resend POST app/{app_id}/msg/{msg_id}/endpoint/{endpoint_id}/resend 1.4 now
message.poller.poll                        GET    app/{app_id}/poller/{sink_id}                      now
message.poller.consumer_poll               GET    app/{app_id}/poller/{sink_id}/consumer/{consumer_id} now
message.poller.consumer_seek POST app/{app_id}/poller/{sink_id}/consumer/{consumer_id}/seek now
operational_webhook.endpoint.list          GET    operational-webhook/endpoint                       now
operational_webhook.endpoint.create        POST   operational-webhook/endpoint                       now
operational_webhook.endpoint.get           GET    operational-webhook/endpoint/{endpoint_id}         now
operational_webhook.endpoint.upsert        PUT    operational-webhook/endpoint/{endpoint_id}         now
operational_webhook.endpoint.delete        DELETE operational-webhook/endpoint/{endpoint_id}         now
operational_webhook.endpoint.get_secret    GET    operational-webhook/endpoint/{endpoint_id}/secret  now
operational_webhook.endpoint.rotate_secret POST   operational-webhook/endpoint/{endpoint_id}/secret/rotate now
operational_webhook.endpoint.get_headers   GET    operational-webhook/endpoint/{endpoint_id}/headers now
operational_webhook.endpoint.set_headers   PUT    operational-webhook/endpoint/{endpoint_id}/headers now
statistics.aggregate_app_stats             POST   stats/usage/app                                    now
statistics.aggregate_event_types           PUT    stats/usage/event-types                            now
"""

# Not in API 1.4. "sdk": only in the official SDK; "-": only on servers.
_PRODUCTS = """
authentication.get_stream_poller_token GET auth/stream/{stream_id}/sink/{sink_id}/poller/token now
authentication.rotate_stream_poller_token POST auth/stream/{stream_id}/sink/{sink_id}/poller/token/rotate now
authentication.stream_expire_all POST auth/stream/{stream_id}/expire-all now
authentication.stream_logout POST auth/stream-logout now
authentication.stream_portal_access POST auth/stream-portal-access/{stream_id} now
autoconfig_subscription.create POST app/{app_id}/autoconfig sdk
autoconfig_subscription.delete DELETE app/{app_id}/autoconfig/{autoconfig_id} sdk
autoconfig_subscription.rotate POST app/{app_id}/autoconfig/{autoconfig_id}/rotate sdk
connector.create POST connector now
connector.delete DELETE connector/{connector_id} now
connector.get GET connector/{connector_id} now
connector.list GET connector now
connector.patch PATCH connector/{connector_id} now
connector.upsert PUT connector/{connector_id} now
destination.create POST app/{app_id}/destination sdk
destination.delete DELETE app/{app_id}/destination/{destination_id} sdk
destination.get GET app/{app_id}/destination/{destination_id} sdk
destination.list GET app/{app_id}/destination sdk
destination.patch PATCH app/{app_id}/destination/{destination_id} sdk
destination.rotate_secret POST app/{app_id}/destination/{destination_id}/secret/rotate sdk
destination.transformation.get GET app/{app_id}/destination/{destination_id}/transformation sdk
destination.transformation.patch PATCH app/{app_id}/destination/{destination_id}/transformation sdk
destination.upsert PUT app/{app_id}/destination/{destination_id} sdk
endpoint.get_attempt_stats GET app/{app_id}/endpoint/{endpoint_id}/attempt-stats sdk
health.ping GET health/ping -
message.bulk_expunge_content POST app/{app_id}/msg/bulk-expunge now
streaming.event_type.create POST stream/event-type now
streaming.event_type.delete DELETE stream/event-type/{name} now
streaming.event_type.get GET stream/event-type/{name} now
streaming.event_type.list GET stream/event-type now
streaming.event_type.patch PATCH stream/event-type/{name} now
streaming.event_type.upsert PUT stream/event-type/{name} now
streaming.events.create POST stream/{stream_id}/events now
streaming.events.get GET stream/{stream_id}/sink/{sink_id}/events now
streaming.sink.create POST stream/{stream_id}/sink now
streaming.sink.delete DELETE stream/{stream_id}/sink/{sink_id} now
streaming.sink.get GET stream/{stream_id}/sink/{sink_id} now
streaming.sink.get_secret GET stream/{stream_id}/sink/{sink_id}/secret now
streaming.sink.list GET stream/{stream_id}/sink now
streaming.sink.patch PATCH stream/{stream_id}/sink/{sink_id} now
streaming.sink.rotate_secret POST stream/{stream_id}/sink/{sink_id}/secret/rotate now
streaming.sink.transformation.get GET stream/{stream_id}/sink/{sink_id}/transformation now
streaming.sink.transformation.patch PATCH stream/{stream_id}/sink/{sink_id}/transformation now
streaming.sink.upsert PUT stream/{stream_id}/sink/{sink_id} now
streaming.sink_headers_get GET stream/{stream_id}/sink/{sink_id}/headers now
streaming.sink_headers_patch PATCH stream/{stream_id}/sink/{sink_id}/headers now
streaming.stream.create POST stream now
streaming.stream.delete DELETE stream/{stream_id} now
streaming.stream.get GET stream/{stream_id} now
streaming.stream.list GET stream now
streaming.stream.patch PATCH stream/{stream_id} now
streaming.stream.upsert PUT stream/{stream_id} now
"""
_INGEST = """
ingest.authentication.consumer_portal_access POST source/{source_id}/dashboard now
ingest.endpoint.create POST source/{source_id}/endpoint now
ingest.endpoint.delete DELETE source/{source_id}/endpoint/{endpoint_id} now
ingest.endpoint.get GET source/{source_id}/endpoint/{endpoint_id} now
ingest.endpoint.get_headers GET source/{source_id}/endpoint/{endpoint_id}/headers now
ingest.endpoint.get_secret GET source/{source_id}/endpoint/{endpoint_id}/secret now
ingest.endpoint.list GET source/{source_id}/endpoint now
ingest.endpoint.rotate_secret POST source/{source_id}/endpoint/{endpoint_id}/secret/rotate now
ingest.endpoint.set_headers PUT source/{source_id}/endpoint/{endpoint_id}/headers now
ingest.endpoint.transformation.get GET source/{source_id}/endpoint/{endpoint_id}/transformation now
ingest.endpoint.transformation.patch PATCH source/{source_id}/endpoint/{endpoint_id}/transformation now
ingest.endpoint.upsert PUT source/{source_id}/endpoint/{endpoint_id} now
ingest.source.create POST source now
ingest.source.delete DELETE source/{source_id} now
ingest.source.get GET source/{source_id} now
ingest.source.list GET source now
ingest.source.rotate_token POST source/{source_id}/token/rotate now
ingest.source.upsert PUT source/{source_id} now
"""

OPERATIONS = [*rows(_TABLE, "/api/v1/"), *rows(_PRODUCTS, "/api/v1/"), *rows(_INGEST, "/ingest/api/v1/")]
WIRE = Wire(partial(Svix, "testsk_t0k3n"))
ASYNC_WIRE = AsyncWire(partial(Svix, "testsk_t0k3n"), partial(AsyncSvix, "testsk_t0k3n"))
