{{/*
(list $ secret key fallback): what that Secret of the cluster already has under this key, else `fallback`. So what an install has made stays
through every upgrade. Remembered, because a fallback is another one at every call.
*/}}
{{- define "outerpark.kept" -}}
{{- $root := index . 0 }}
{{- $secret := index . 1 }}
{{- $key := index . 2 }}
{{- if not (hasKey $root.Values "kept") }}{{ $_ := set $root.Values "kept" dict }}{{ end }}
{{- $id := printf "%s/%s" $secret $key }}
{{- if not (hasKey $root.Values.kept $id) }}
{{- $data := (lookup "v1" "Secret" $root.Release.Namespace $secret | default dict).data | default dict }}
{{- $_ := set $root.Values.kept $id (ternary (get $data $key | b64dec) (index . 3) (hasKey $data $key)) }}
{{- end }}
{{- get $root.Values.kept $id }}
{{- end }}

{{/* The superuser's password of the bundled PostgreSQL; those of the services' roles are made from it. */}}
{{- define "outerpark.postgresPassword" -}}
{{- .Values.trials.postgres.password | default (include "outerpark.kept" (list . (include "outerpark.name" (list . "postgres")) "POSTGRES_PASSWORD" (randAlphaNum 32))) }}
{{- end }}
{{- define "outerpark.rolePassword" -}}
{{- printf "%s/%s" (include "outerpark.postgresPassword" (index . 0)) (index . 1) | sha256sum | trunc 32 }}
{{- end }}

{{/* (list $ "musical"): its database's URL, when the chart knows it. */}}
{{- define "outerpark.databaseUrl" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- if $root.Values.trials.postgres.enabled }}
{{- printf "postgres://%s:%s@%s:5432/%s" $service (include "outerpark.rolePassword" .) (include "outerpark.name" (list $root "postgres")) $service }}
{{- else }}
{{- get $root.Values.database.urls $service | required (printf "\n\ntrials.postgres.enabled is false, so one of these is needed: database.existingSecret, database.secrets.%s or database.urls.%s.\n" $service $service) }}
{{- end }}
{{- end }}

{{/* Whether the databases' URLs are in a Secret of the chart's own. */}}
{{- define "outerpark.ownsDatabaseSecret" -}}
{{- with .Values.database }}
{{- if not (or .existingSecret .secrets) }}yes{{ end }}
{{- end }}
{{- end }}

{{/* (list $ "musical"): where its database's URL is, as a secretKeyRef. */}}
{{- define "outerpark.databaseRef" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $database := $root.Values.database }}
{{- $key := printf "%s_DATABASE_URL" (upper $service) }}
{{- if $database.secrets }}
{{- $ref := get $database.secrets $service | required (printf "\n\ndatabase.secrets says nothing of %s: it needs a Secret for each of %s.\n" $service (include "outerpark.stored" .)) }}
{{- include "outerpark.present" (list $root $ref.name $ref.key (printf "database.secrets.%s" $service)) }}
{{- toJson (dict "name" $ref.name "key" $ref.key) }}
{{- else if $database.existingSecret }}
{{- include "outerpark.present" (list $root $database.existingSecret $key "database.existingSecret") }}
{{- toJson (dict "name" $database.existingSecret "key" $key) }}
{{- else }}
{{- toJson (dict "name" (include "outerpark.name" (list $root "database")) "key" $key) }}
{{- end }}
{{- end }}

{{/*
(list $ secret key value): fails when the cluster is there to be asked and has no such Secret, or no such key in it. `value` is the one that names it.
A namespace that is about to be made, and a rendering without a cluster, have nothing to ask: then the pods say so.
*/}}
{{- define "outerpark.present" -}}
{{- $root := index . 0 }}
{{- $namespace := $root.Release.Namespace }}
{{- if lookup "v1" "ServiceAccount" $namespace "default" }}
{{- $secret := lookup "v1" "Secret" $namespace (index . 1) }}
{{- if not $secret }}
{{- fail (printf "\n\nThe Secret %s, which %s names, is not in the namespace %s. Make it first: kubectl -n %s create secret generic %s --from-literal=%s=...\n" (index . 1) (index . 3) $namespace $namespace (index . 1) (index . 2)) }}
{{- end }}
{{- if not (hasKey ($secret.data | default dict) (index . 2)) }}
{{- fail (printf "\n\nThe Secret %s, which %s names, has no key %s (it has: %s).\n" (index . 1) (index . 3) (index . 2) (keys ($secret.data | default dict) | sortAlpha | join ", ")) }}
{{- end }}
{{- end }}
{{- end }}

{{/*
(list $ "gateway"): what the chart's own Secret of a service has, as YAML; nothing when there is no need of one. Its name is the service's.
*/}}
{{- define "outerpark.secretData" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- if has $service (list "gateway" "payment" "notification") }}
{{- include (printf "outerpark.secretData.%s" $service) $root }}
{{- end }}
{{- end }}

{{- define "outerpark.secretData.gateway" -}}
{{- if not .Values.gateway.existingSecret -}}
SESSION_SECRET: {{ .Values.gateway.sessionSecret | default (include "outerpark.kept" (list . (include "outerpark.name" (list . "gateway")) "SESSION_SECRET" (randAlphaNum 48))) | quote }}
{{- end }}
{{- end }}

{{/* With the simulator there is always one: it signs by it. */}}
{{- define "outerpark.secretData.payment" -}}
{{- with .Values.provider }}
{{- if .webhookSecret -}}
PAYMENT_WEBHOOK_SECRET: {{ .webhookSecret | quote }}
{{- else if and $.Values.trials.simulator.enabled (not .existingSecret) -}}
PAYMENT_WEBHOOK_SECRET: {{ include "outerpark.kept" (list $ (include "outerpark.name" (list $ "payment")) "PAYMENT_WEBHOOK_SECRET" (printf "whsec_%s" (b64enc (randAlphaNum 32)))) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "outerpark.secretData.notification" -}}
{{- $name := include "outerpark.name" (list . "notification") }}
{{- with .Values.mail }}
{{- include "outerpark.either" (dict "bundled" $.Values.trials.mail.enabled "bundle" "trials.mail" "own" "mail.url or mail.existingSecret" "given" (or .url .existingSecret)) }}
{{- if not .existingSecret }}
SMTP_URL: {{ .url | default (printf "smtp://%s:8093" (include "outerpark.name" (list $ "mail"))) | quote }}
{{- end }}
{{- end }}
{{- with .Values.chat }}
{{- if .secret }}
CHAT_WEBHOOK_SECRET: {{ .secret | quote }}
{{- else if and $.Values.trials.mail.enabled (not .url) (not .existingSecret) }}
CHAT_WEBHOOK_SECRET: {{ include "outerpark.kept" (list $ $name "CHAT_WEBHOOK_SECRET" (printf "whsec_%s" (b64enc (randAlphaNum 32)))) | quote }}
{{- else if and .url (not .existingSecret) }}
{{- fail "\n\nchat.url is given, so chat.secret or chat.existingSecret is needed: by it the adapter knows us.\n" }}
{{- end }}
{{- end }}
{{- end }}

{{/*
(list $ "payment"): the environment of a service that comes from Secrets: the chart's own, or those that the values name.
*/}}
{{- define "outerpark.secretEnv" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $own := include "outerpark.name" . }}
{{- $values := $root.Values }}
{{- if has $service (splitList " " (include "outerpark.stored" $root)) }}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: {{ include "outerpark.databaseRef" . }} }
{{- end }}
{{- if eq $service "gateway" }}
{{- include "outerpark.secretVariable" (list $root "SESSION_SECRET" $own $values.gateway.existingSecret "gateway.existingSecret") }}
{{- if $values.gateway.existingSecret }}
- name: OIDC_CLIENT_SECRET
  valueFrom: { secretKeyRef: { name: {{ $values.gateway.existingSecret }}, key: OIDC_CLIENT_SECRET, optional: true } }
{{- end }}
{{- end }}
{{- if and (eq $service "payment") (or $values.provider.existingSecret (include "outerpark.secretData.payment" $root)) }}
{{- include "outerpark.secretVariable" (list $root "PAYMENT_WEBHOOK_SECRET" $own $values.provider.existingSecret "provider.existingSecret") }}
{{- end }}
{{- if eq $service "notification" }}
{{- include "outerpark.secretVariable" (list $root "SMTP_URL" $own $values.mail.existingSecret "mail.existingSecret") }}
{{- if include "outerpark.chatUrl" $root }}
{{- include "outerpark.secretVariable" (list $root "CHAT_WEBHOOK_SECRET" $own $values.chat.existingSecret "chat.existingSecret") }}
{{- end }}
{{- end }}
{{- if ne $service "gateway" }}
{{- include "outerpark.kafkaSecretEnv" $root }}
{{- end }}
{{- end }}

{{/* (list $ variable own existing value) */}}
{{- define "outerpark.secretVariable" -}}
{{- $variable := index . 1 }}
{{- with index . 3 }}{{ include "outerpark.present" (list (index $ 0) . $variable (index $ 4)) }}{{ end }}
- name: {{ $variable }}
  valueFrom: { secretKeyRef: { name: {{ index . 3 | default (index . 2) }}, key: {{ $variable }} } }
{{- end }}

{{- define "outerpark.kafkaSecretEnv" -}}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
{{- if .existingSecret }}
{{- include "outerpark.present" (list $ .existingSecret .key "kafka.sasl.existingSecret") }}
{{- else if not .password }}
{{- fail "\n\nkafka.sasl.mechanism is given, so kafka.sasl.password or kafka.sasl.existingSecret is needed.\n" }}
{{- end }}
- name: KAFKA_SASL_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .existingSecret | default (include "outerpark.name" (list $ "kafka-client")) }}, key: {{ .key }} } }
{{- end }}
{{- end }}
{{- end }}

{{/* The databases' URLs by the names under which a Secret has them. */}}
{{- define "outerpark.databaseUrls" -}}
{{- range $index, $service := splitList " " (include "outerpark.stored" .) }}
{{- if $index }}{{ print "\n" }}{{ end }}
{{- printf "%s_DATABASE_URL: %s" (upper $service) (include "outerpark.databaseUrl" (list $ $service) | quote) }}
{{- end }}
{{- end }}
