{{/* What every pod has: no token of the cluster's API, no variables of other Services, no privilege. (list $ "gateway" uid) */}}
{{- define "outerpark.podBase" -}}
{{- $root := index . 0 }}
{{- $scheduling := $root.Values.scheduling -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ index . 2 }}
  runAsGroup: {{ index . 2 }}
  fsGroup: {{ index . 2 }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $scheduling.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with $scheduling.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with $scheduling.affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- with $scheduling.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- define "outerpark.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* (list $ "gateway"): as far apart as the cluster allows. */}}
{{- define "outerpark.spread" -}}
{{- if (index . 0).Values.scheduling.spread -}}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "outerpark.selector" $ | nindent 8 }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
The pod of a service. (dict "root" $ "service" "reservation" "component" "reservation-kafkaside" "roles" "consumer,relay,worker"
"resources" {…}); without roles it does all that the service does.
*/}}
{{- define "outerpark.servicePod" -}}
{{- $root := .root }}
{{- $service := .service }}
{{- $values := get $root.Values $service }}
metadata:
  labels:
    {{- include "outerpark.podLabels" (list $root .component) | nindent 4 }}
  annotations:
    checksum/config: {{ include "outerpark.settings" (list $root $service) | sha256sum }}
    checksum/secret: {{ include "outerpark.secretChecksum" (list $root $service) }}
    prometheus.io/scrape: 'true'
    prometheus.io/port: '9090'
    {{- range $name, $value := $values.podAnnotations }}
    {{ $name }}: {{ $value | quote }}
    {{- end }}
spec:
  {{- include "outerpark.podBase" (list $root .component 1000) | nindent 2 }}
  serviceAccountName: {{ include "outerpark.name" (list $root $service) }}
  terminationGracePeriodSeconds: {{ $root.Values.termination.graceSeconds }}
  {{- include "outerpark.spread" (list $root .component) | nindent 2 }}
  containers:
    - name: {{ $service }}
      image: {{ include "outerpark.image" (list $root "services") }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: [{{ $service }}/dist/main.js]
      {{- include "outerpark.containerSecurity" . | nindent 6 }}
      ports:
        - { name: http, containerPort: {{ include "outerpark.port" $service }} }
        - { name: metrics, containerPort: 9090 }
      envFrom:
        - configMapRef: { name: {{ include "outerpark.name" (list $root $service) }} }
      {{- $secrets := include "outerpark.secretEnv" (list $root $service) }}
      {{- if or .roles (trim $secrets) }}
      env:
        {{- with .roles }}
        - { name: ROLES, value: '{{ . }}' }
        {{- end }}
        {{- with trim $secrets }}
        {{- . | nindent 8 }}
        {{- end }}
      {{- end }}
      # Live is the event loop, never a dependency: an outage of those restarts nothing.
      startupProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 120 }
      # One that hangs cannot drain, so it is not waited for as long as one that is told to go.
      livenessProbe: { httpGet: { path: /livez, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3, terminationGracePeriodSeconds: {{ add $root.Values.termination.preStopSeconds 5 }} }
      readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 3, timeoutSeconds: 5, failureThreshold: 3 }
      lifecycle: { preStop: { sleep: { seconds: {{ $root.Values.termination.preStopSeconds }} } } }
      resources: {{ .resources | default $values.resources | toJson }}
      volumeMounts:
        - { name: tmp, mountPath: /tmp }
        {{- if eq $service "mypage" }}
        - { name: data, mountPath: /data }
        {{- end }}
        {{- include "outerpark.certificateMounts" (list $root $service) | nindent 8 }}
  volumes:
    - { name: tmp, emptyDir: { sizeLimit: 256Mi } }
    {{- include "outerpark.certificateVolumes" (list $root $service) | nindent 4 }}
{{- end }}

{{/* What is behind a service's secrets, as far as the chart makes them; a Secret of somebody else's has to be told of by a restart. */}}
{{- define "outerpark.secretChecksum" -}}
{{- $root := index . 0 }}
{{- $service := index . 1 }}
{{- $data := include "outerpark.secretData" . }}
{{- if and (has $service (splitList " " (include "outerpark.stored" $root))) (include "outerpark.ownsDatabaseSecret" $root) }}
{{- $data = printf "%s\n%s" $data (include "outerpark.databaseUrl" .) }}
{{- end }}
{{- printf "%s\n%s\n%s" $data (include "outerpark.secretEnv" .) (ternary "" $root.Values.kafka.sasl.password (eq $service "gateway")) | sha256sum }}
{{- end }}

{{/* (list $ "payment", or a job's component): the authorities' and our own certificates, where it speaks to those servers. */}}
{{- define "outerpark.certificates" -}}
{{- $root := index . 0 }}
{{- $stored := append (splitList " " (include "outerpark.stored" $root)) "audit" }}
{{- with $root.Values.kafka.tls }}
{{- if and .enabled (not (has (index $ 1) (list "gateway" "migrations"))) (or .ca.secret .client.secret) }}
- name: kafka
  sources:
    {{- with .ca }}
    {{- if .secret }}
    {{- include "outerpark.present" (list $root .secret .key "kafka.tls.ca.secret") }}
    - { name: {{ .secret }}, keys: [{{ .key }}] }
    {{- end }}
    {{- end }}
    {{- with .client }}
    {{- if .secret }}
    {{- include "outerpark.present" (list $root .secret .cert "kafka.tls.client.secret") }}
    {{- include "outerpark.present" (list $root .secret .key "kafka.tls.client.secret") }}
    - { name: {{ .secret }}, keys: [{{ .cert }}, {{ .key }}] }
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
{{- with $root.Values.database.ca }}
{{- if and .secret (has (index $ 1) (append $stored "migrations")) }}
{{- include "outerpark.present" (list $root .secret .key "database.ca.secret") }}
- name: postgres
  sources:
    - { name: {{ .secret }}, keys: [{{ .key }}] }
{{- end }}
{{- end }}
{{- end }}

{{- define "outerpark.certificateMounts" -}}
{{- range include "outerpark.certificates" . | fromYamlArray }}
- { name: {{ .name }}-certificates, mountPath: /etc/outerpark/{{ .name }}, readOnly: true }
{{- end }}
{{- end }}

{{- define "outerpark.certificateVolumes" -}}
{{- range include "outerpark.certificates" . | fromYamlArray }}
- name: {{ .name }}-certificates
  projected:
    sources:
      {{- range .sources }}
      - secret:
          name: {{ .name }}
          items:
            {{- range .keys }}
            - { key: {{ . }}, path: {{ . }} }
            {{- end }}
      {{- end }}
{{- end }}
{{- end }}
