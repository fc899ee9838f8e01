{{/*
(list $ "reservation"): the settings of a service that are no secrets, as its ConfigMap has them. What `config` and its own `env` say wins,
but for what the chart itself has to know.
*/}}
{{- define "outerpark.settings" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $values := get $root.Values $service }}
{{- $settings := include "outerpark.settings.shared" $root | fromYaml }}
{{- if ne $service "gateway" }}{{ $settings = include "outerpark.settings.kafka" $root | fromYaml | merge $settings }}{{ end }}
{{- $settings = include (printf "outerpark.settings.%s" $service) $root | fromYaml | mergeOverwrite $settings }}
{{- $settings = include "outerpark.chosen" . | fromYaml | mergeOverwrite $settings }}
{{- toYaml $settings }}
{{- end }}

{{/* (list $ "reservation"): what `config` and the service's `env` say, as texts. */}}
{{- define "outerpark.chosen" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $chosen := dict }}
{{- range $name, $value := mergeOverwrite (deepCopy $root.Values.config) (get $root.Values $service).env }}
{{- if has $name (list "PORT" "HOST" "METRICS_PORT" "ROLES" "MIGRATE" "MIGRATE_PATIENCE_MS" "CREATE_TOPICS" "DATABASE_POOL_SIZE" "DATABASE_URL" "DATA_DIR") }}
{{- fail (printf "\n\n%s is the chart's own to set, and can be neither in config nor in %s.env%s.\n" $name $service (ternary ": use database.poolSize or <service>.poolSize" "" (eq $name "DATABASE_POOL_SIZE"))) }}
{{- end }}
{{- $_ := set $chosen $name (include "outerpark.text" $value) }}
{{- end }}
{{- toYaml $chosen }}
{{- end }}

{{- define "outerpark.settings.shared" -}}
HOST: '0.0.0.0'
# After preStop, in which callers learn that it goes: those that keep a connection are told by each answer.
DRAIN_NOTICE_MS: '3000'
METRICS_PORT: '9090'
DRAIN_NOTICE_MS: '3000'
OIDC_ISSUER: {{ include "outerpark.oidcIssuer" . | quote }}
OIDC_AUDIENCE: {{ .Values.oidc.audience | quote }}
{{- with include "outerpark.discoveryUrl" . }}
OIDC_DISCOVERY_URL: {{ . | quote }}
{{- end }}
{{- with .Values.tracing }}
{{- if .endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ .endpoint | quote }}
{{- with .sampler }}
OTEL_TRACES_SAMPLER: {{ . | quote }}
{{- end }}
{{- if ne (toString .samplerArg) "" }}
OTEL_TRACES_SAMPLER_ARG: {{ include "outerpark.text" .samplerArg | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "outerpark.settings.kafka" -}}
KAFKA_BROKERS: {{ include "outerpark.brokers" . | quote }}
TOPIC_PREFIX: {{ .Values.kafka.topicPrefix | quote }}
CREATE_TOPICS: {{ not .Values.topics.enabled | quote }}
{{- with .Values.kafka.tls }}
{{- if .enabled }}
KAFKA_TLS: 'true'
{{- if .ca.secret }}
KAFKA_CA_FILE: /etc/outerpark/kafka/{{ .ca.key }}
{{- end }}
{{- if .client.secret }}
KAFKA_CERT_FILE: /etc/outerpark/kafka/{{ .client.cert }}
KAFKA_KEY_FILE: /etc/outerpark/kafka/{{ .client.key }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
KAFKA_SASL_MECHANISM: {{ .mechanism }}
KAFKA_SASL_USERNAME: {{ required "\n\nkafka.sasl.mechanism is given, so kafka.sasl.username is needed too.\n" .username | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "outerpark.settings.gateway" -}}
PORT: '8080'
DRAIN_NOTICE_MS: '5000'
{{- range without (splitList " " (include "outerpark.services" .)) "gateway" }}
{{ upper . }}_URL: {{ include "outerpark.replicasUrl" (list $ .) }}
{{- end }}
PUBLIC_URL: {{ .Values.gateway.publicUrl | quote }}
OIDC_CLIENT_ID: {{ .Values.oidc.clientId | quote }}
{{- with .Values.gateway.trustedProxies }}
TRUSTED_PROXIES: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "outerpark.settings.stored" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 -}}
PORT: {{ include "outerpark.port" $service | quote }}
MIGRATE: {{ not $root.Values.migrations.enabled | quote }}
DATABASE_POOL_SIZE: {{ include "outerpark.poolSize" . | quote }}
{{- end }}

{{- define "outerpark.settings.musical" -}}
{{ include "outerpark.settings.stored" (list . "musical") }}
{{- end }}

{{- define "outerpark.settings.reservation" -}}
{{ include "outerpark.settings.stored" (list . "reservation") }}
MUSICAL_URL: {{ include "outerpark.replicasUrl" (list . "musical") }}
{{- end }}

{{- define "outerpark.settings.payment" -}}
{{ include "outerpark.settings.stored" (list . "payment") }}
PAYMENT_PROVIDER_URL: {{ include "outerpark.providerUrl" . | quote }}
{{- end }}

{{- define "outerpark.settings.notification" -}}
{{ include "outerpark.settings.stored" (list . "notification") }}
MAIL_FROM: {{ .Values.mail.from | quote }}
PUBLIC_URL: {{ first (splitList "," .Values.gateway.publicUrl) | quote }}
{{- with include "outerpark.chatUrl" . }}
CHAT_WEBHOOK_URL: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "outerpark.settings.mypage" -}}
PORT: '8085'
DATA_DIR: /data
{{- end }}

{{/* (list $ "musical"): every address of the headless Service is a replica. */}}
{{- define "outerpark.replicasUrl" -}}
dns+http://{{ include "outerpark.name" . }}:{{ include "outerpark.port" (index . 1) }}
{{- end }}

{{/* (list $ "musical"): connections to PostgreSQL of each pod. */}}
{{- define "outerpark.poolSize" -}}
{{- $root := index . 0 }}
{{- (get $root.Values (index . 1)).poolSize | default $root.Values.database.poolSize }}
{{- end }}
